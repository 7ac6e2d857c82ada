import type { Node } from '../graph.js';
import { greater, greaterEqual, less, lessEqual, select } from './comparison.js';
import { applyTo, elementwise } from './elementwise.js';
import type { Operand } from './operand.js';

/** a + b */
export const ADD = elementwise('add', {
  expression: ([a, b]) => `(${a} + ${b})`,
  evaluate: ([a, b]) => a! + b!,
  gradient: (_, g) => [g, g],
});

/** a + b */
export const add = (a: Operand, b: Operand): Node => applyTo(ADD, [a, b]);

/** a − b */
export const SUB = elementwise('sub', {
  expression: ([a, b]) => `(${a} - ${b})`,
  evaluate: ([a, b]) => a! - b!,
  gradient: (_, g) => [g, neg(g)],
});

/** a − b */
export const sub = (a: Operand, b: Operand): Node => applyTo(SUB, [a, b]);

/** a · b, element by element */
export const MUL = elementwise('mul', {
  expression: ([a, b]) => `(${a} * ${b})`,
  evaluate: ([a, b]) => a! * b!,
  gradient: ({ inputs: [a, b] }, g) => [mul(g, b!), mul(g, a!)],
});

/** a · b, element by element */
export const mul = (a: Operand, b: Operand): Node => applyTo(MUL, [a, b]);

/** a / b, element by element */
export const DIV = elementwise('div', {
  expression: ([a, b]) => `(${a} / ${b})`,
  evaluate: ([a, b]) => a! / b!,
  gradient: (y, g) => [div(g, y.inputs[1]!), neg(div(mul(g, y), y.inputs[1]!))],
});

/** a / b */
export const div = (a: Operand, b: Operand): Node => applyTo(DIV, [a, b]);

const MAXIMUM = elementwise('maximum', {
  expression: ([a, b]) => `Math.max(${a}, ${b})`,
  evaluate: ([a, b]) => Math.max(a!, b!),
  gradient: ({ inputs: [a, b] }, g) => [select(greaterEqual(a!, b!), g, 0), select(less(a!, b!), g, 0)],
});

/** The larger of a and b; where they are equal the gradient goes to a. */
export const maximum = (a: Operand, b: Operand): Node => applyTo(MAXIMUM, [a, b]);

const MINIMUM = elementwise('minimum', {
  expression: ([a, b]) => `Math.min(${a}, ${b})`,
  evaluate: ([a, b]) => Math.min(a!, b!),
  gradient: ({ inputs: [a, b] }, g) => [select(lessEqual(a!, b!), g, 0), select(greater(a!, b!), g, 0)],
});

/** The smaller of a and b; where they are equal the gradient goes to a. */
export const minimum = (a: Operand, b: Operand): Node => applyTo(MINIMUM, [a, b]);

const NEG = elementwise('neg', {
  expression: ([x]) => `(-${x})`,
  evaluate: ([x]) => -x!,
  gradient: (_, g) => [neg(g)],
});

/** −x */
export const neg = (x: Operand): Node => applyTo(NEG, [x]);

const ABS = elementwise('abs', {
  expression: ([x]) => `Math.abs(${x})`,
  evaluate: ([x]) => Math.abs(x!),
  gradient: ({ inputs: [x] }, g) => [mul(g, sign(x!))],
});

/** |x|, with gradient 0 at 0. */
export const abs = (x: Operand): Node => applyTo(ABS, [x]);

const SIGN = elementwise('sign', {
  expression: ([x]) => `(${x} > 0.0 ? 1.0 : (${x} < 0.0 ? -1.0 : 0.0))`,
  evaluate: ([x]) => (x! > 0 ? 1 : x! < 0 ? -1 : 0),
});

/** −1, 0 or 1; flat, so its gradient is 0. */
export const sign = (x: Operand): Node => applyTo(SIGN, [x]);

const SQUARE = elementwise('square', {
  expression: ([x]) => `(${x} * ${x})`,
  evaluate: ([x]) => x! * x!,
  gradient: ({ inputs: [x] }, g) => [mul(g, mul(x!, 2))],
});

/** x² */
export const square = (x: Operand): Node => applyTo(SQUARE, [x]);
