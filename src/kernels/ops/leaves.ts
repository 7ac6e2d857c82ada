import { InputError } from '../../errors.js';
import { type Attributes, apply, type Node, type Shape, shapeText } from '../graph.js';
import type { Op } from '../op.js';

/** A value that is fed to the program. Every node of it is a leaf of its own. */
export const INPUT: Op = { name: 'input', kind: 'leaf', shape: (_, attributes) => statedShape(attributes) };

/** One number everywhere; kernels have it written into them. */
export const CONSTANT: Op = { name: 'constant', kind: 'leaf', shape: (_, attributes) => statedShape(attributes) };

const statedShape = ({ rows, columns }: Attributes): Shape => [Number(rows), Number(columns)];

/** A new leaf for a matrix that is fed at every run; two calls make two leaves. */
export function input(shape: Shape): Node {
  return apply(INPUT, [], sides('input', shape));
}

/** A matrix of one number, [1, 1] unless stated. Throws an InputError for NaN and what float32 cannot hold. */
export function constant(value: number, shape: Shape = [1, 1]): Node {
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
    throw new InputError(`constant: the value must be a finite number within float32, got ${value as unknown}`);
  }
  return apply(CONSTANT, [], { value, ...sides('constant', shape) });
}

function sides(op: string, shape: Shape): { readonly rows: number; readonly columns: number } {
  const [rows, columns] = shape;
  if (shape.length !== 2 || !Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1) {
    throw new InputError(`${op}: a shape is [rows, columns], two whole numbers from 1 up, got ${shapeText(shape)}`);
  }
  return { rows, columns };
}
