import { InputError } from '../../errors.js';
import { type Attributes, apply, NO_ATTRIBUTES, type Node, type Shape, shapeText } from '../graph.js';
import type { Op } from '../op.js';
import { type Operand, toNode } from './operand.js';

/** What tells one element-wise op from another. */
export interface Formula {
  readonly expression: NonNullable<Op['expression']>;
  readonly evaluate: NonNullable<Op['evaluate']>;
  /** Absent where the op is flat everywhere (comparisons). */
  readonly gradient?: NonNullable<Op['gradient']>;
}

/** An op whose operands of 1 row or 1 column are repeated to the common shape. */
export function elementwise(name: string, formula: Formula): Op {
  return { name, kind: 'elementwise', shape: shapes => broadcastShape(name, shapes), ...formula };
}

/** The common shape of operands whose rows and columns are each equal or 1. */
export function broadcastShape(op: string, shapes: readonly Shape[]): Shape {
  let rows = 1;
  let columns = 1;
  for (const shape of shapes) {
    rows = Math.max(rows, shape[0]);
    columns = Math.max(columns, shape[1]);
  }
  for (const shape of shapes) {
    if ((shape[0] === 1 || shape[0] === rows) && (shape[1] === 1 || shape[1] === columns)) continue;
    throw new InputError(
      `${op}: the shapes ${shapes.map(shapeText).join(' and ')} do not match: rows and columns must be equal or 1`,
    );
  }
  return [rows, columns];
}

/** Applies an op to nodes and numbers. */
export function applyTo(op: Op, operands: readonly Operand[], attributes: Attributes = NO_ATTRIBUTES): Node {
  const inputs = operands.map(operand => toNode(op.name, operand));
  return apply(op, inputs, attributes);
}

/** A number as kernels write it: with a decimal point, a negative one in parentheses. */
export function float(value: number): string {
  const digits = Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
  return value < 0 ? `(${digits})` : digits;
}
