import type { Op } from './op.js';

/** Every tensor is a matrix: `[rows, columns]`. A scalar is `[1, 1]`, a row vector `[1, n]`, a column vector `[n, 1]`. */
export type Shape = readonly [rows: number, columns: number];

/** The static attributes of an op: numbers, strings and booleans that are baked into its kernel. */
export type Attributes = Readonly<Record<string, number | string | boolean>>;

/** A symbolic matrix: the result of one op on other nodes. Nodes are immutable, so a graph is what its outputs reach. */
export interface Node {
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly shape: Shape;
}

/** What a program computes: the leaves that it is fed, in order, and the nodes that it returns, in order. */
export interface Graph {
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
}

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape[0] * shape[1];

/** Whether two shapes are equal. */
export const sameShape = (a: Shape, b: Shape): boolean => a[0] === b[0] && a[1] === b[1];

/** `[32, 10]`, as it stands in errors. */
export const shapeText = (shape: Shape): string => `[${shape[0]}, ${shape[1]}]`;

/** What most ops have. */
export const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** The shapes of nodes. */
export function shapesOf(nodes: readonly Node[]): Shape[] {
  const shapes = new Array<Shape>(nodes.length);
  for (let i = 0; i < nodes.length; i++) shapes[i] = (nodes[i] as Node).shape;
  return shapes;
}

/** Applies an op to nodes; the op checks their shapes here, while the graph is built. */
export function apply(op: Op, inputs: readonly Node[], attributes: Attributes = NO_ATTRIBUTES): Node {
  return { op, inputs, attributes, shape: op.shape(shapesOf(inputs), attributes) };
}
