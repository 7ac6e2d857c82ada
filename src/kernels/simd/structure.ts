import type { Attributes, Node } from '../graph.js';
import type { Op } from '../op.js';
import type { SimpleGraph } from '../plan.js';
import { parameterOf } from './codes.js';

/**
 * What a simplified graph is but for how many rows and columns its matrices have and which numbers its constants are. Graphs of
 * equal keys are planned and lowered alike, with the sides and constants of one in the places of the other's: which sides are
 * equal, or 1, is part of the key, and so is which constants are equal, 0 or 1; nothing else about them decides anything.
 */
export interface Structure {
  readonly key: string;
  /** Every number of rows or columns, once; the first is 1. */
  readonly sides: readonly number[];
  /** Every constant, once. */
  readonly constants: readonly number[];
  /** Where a number of rows or columns stands in `sides`. */
  sideIndex(side: number): number;
  /** Where a constant stands in `constants`. */
  constantIndex(value: number): number;
}

/** The structure of a simplified graph. */
export function structureOf({ inputs, outputs, order }: SimpleGraph): Structure {
  const sides = [1];
  const constants: number[] = [];
  const places = new Map<Node, number>();
  let key = '';

  const sideIndex = (side: number): number => {
    const known = sides.indexOf(side);
    return known < 0 ? sides.push(side) - 1 : known;
  };
  const constantIndex = (value: number): number => {
    for (let i = 0; i < constants.length; i++) if (Object.is(constants[i], value)) return i;
    return constants.push(value) - 1;
  };
  /** Zeros and ones are looked for when ops are lowered. */
  const constantText = (value: number) =>
    value === 0 || value === 1
      ? `${Object.is(value, -0) ? '−0' : value}!${constantIndex(value)}`
      : constantIndex(value);
  const shapeText = ({ shape }: Node) => `${sideIndex(shape[0])},${sideIndex(shape[1])}`;
  const place = (node: Node) => places.set(node, places.size);

  for (const node of inputs) {
    key += places.has(node) ? `=${places.get(node)};` : `${shapeText(node)};`;
    place(node);
  }
  for (const node of order) {
    if (places.has(node)) continue;
    key += `${numberOf(node.op)}(`;
    for (const input of node.inputs) key += `${places.get(input)} `;
    key += `)${attributesText(node, constantText)}${shapeText(node)};`;
    place(node);
  }
  for (const node of outputs) key += `>${places.get(node)}`;
  return { key, sides, constants, sideIndex, constantIndex };
}

/** The attributes that are not said by the shapes. */
function attributesText({ op, inputs, attributes }: Node, constantText: (value: number) => string | number): string {
  switch (op.name) {
    case 'constant':
      return `${constantText(Number(attributes.value))}:`;
    case 'expand':
    case 'oneHot':
      return '';
    case 'pick':
      // Where the element lies depends on the columns, from the second row on.
      return `${attributes.row},${attributes.column}${attributes.row === 0 ? '' : `of${inputs[0]?.shape[1]}`}:`;
    default: {
      const parameter = parameterOf(op.name, attributes);
      return parameter === undefined ? textOf(attributes) : `${constantText(parameter)}:`;
    }
  }
}

function textOf(attributes: Attributes): string {
  let text = '';
  for (const name in attributes) text += `${name}=${attributes[name]}:`;
  return text;
}

const numbers = new WeakMap<Op, number>();
let count = 0;

/** Tells ops apart, whatever their names. */
function numberOf(op: Op): number {
  let number = numbers.get(op);
  if (number === undefined) {
    number = count++;
    numbers.set(op, number);
  }
  return number;
}
