import { InputError } from '../../errors.js';
import { apply, type Node, type Shape, sizeOf } from '../graph.js';
import type { Op } from '../op.js';
import { div, mul } from './arithmetic.js';
import { equal } from './comparison.js';
import { type Operand, toNode } from './operand.js';

/** 0 reduces the rows to [1, columns], 1 the columns to [rows, 1]; none, everything to [1, 1]. */
export type Axis = 0 | 1;

const reduction = (name: string, gradient: NonNullable<Op['gradient']>): Op => ({
  name,
  kind: 'reduce',
  shape: ([shape], { axis }) => [axis === 1 ? (shape as Shape)[0] : 1, axis === 0 ? (shape as Shape)[1] : 1],
  gradient,
});

/** Σ x over an axis or everything */
export const SUM: Op = reduction('sum', (_, g) => [g]);

/** Σ x / n over an axis or everything */
export const MEAN: Op = reduction('mean', (y, g) => [mul(g, sizeOf(y.shape) / sizeOf(y.inputs[0]!.shape))]);

/** The largest x over an axis or everything; equal ones share the gradient evenly. */
export const MAX: Op = reduction('max', (y, g) => {
  const largest = equal(y.inputs[0]!, y);
  return [mul(largest, div(g, apply(SUM, [largest], y.attributes)))];
});

function reduce(op: Op, x: Operand, axis: Axis | undefined): Node {
  if (axis !== undefined && axis !== 0 && axis !== 1) {
    throw new InputError(`${op.name}: axis must be 0 (over the rows), 1 (over the columns) or left out, got ${axis}`);
  }
  return apply(op, [toNode(op.name, x)], axis === undefined ? {} : { axis });
}

/** Sums of the columns (axis 0, [1, columns]), of the rows (axis 1, [rows, 1]), or of everything ([1, 1]). */
export const sum = (x: Operand, axis?: Axis): Node => reduce(SUM, x, axis);

/** Means of the columns (axis 0), of the rows (axis 1), or of everything. */
export const mean = (x: Operand, axis?: Axis): Node => reduce(MEAN, x, axis);

/** Largest values of the columns (axis 0), of the rows (axis 1), or of everything; equal ones share the gradient evenly. */
export const max = (x: Operand, axis?: Axis): Node => reduce(MAX, x, axis);
