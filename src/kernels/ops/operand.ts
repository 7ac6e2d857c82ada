import { InputError } from '../../errors.js';
import type { Node } from '../graph.js';
import { constant } from './leaves.js';

/** What ops take: a node, or a number, which becomes a constant [1, 1]. */
export type Operand = Node | number;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && 'shape' in value && 'inputs' in value;

/** The operand as a node; throws an InputError that names the op when it is neither node nor number. */
export function toNode(op: string, operand: Operand): Node {
  if (typeof operand === 'number') return constant(operand);
  if (isNode(operand)) return operand;
  throw new InputError(`${op}: an operand must be a node or a number, got ${operand as unknown} (${typeof operand})`);
}
