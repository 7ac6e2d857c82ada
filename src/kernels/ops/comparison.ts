import type { Node } from '../graph.js';
import type { Op } from '../op.js';
import { applyTo, elementwise } from './elementwise.js';
import type { Operand } from './operand.js';

const comparison = (name: string, sign: string, holds: (a: number, b: number) => boolean): Op =>
  elementwise(name, {
    expression: ([a, b]) => `(${a} ${sign} ${b} ? 1.0 : 0.0)`,
    evaluate: ([a, b]) => (holds(a!, b!) ? 1 : 0),
  });

const GREATER = comparison('greater', '>', (a, b) => a > b);
const GREATER_EQUAL = comparison('greaterEqual', '>=', (a, b) => a >= b);
const LESS = comparison('less', '<', (a, b) => a < b);
const LESS_EQUAL = comparison('lessEqual', '<=', (a, b) => a <= b);
const EQUAL = comparison('equal', '==', (a, b) => a === b);

/** 1 where a > b, else 0; flat, so its gradient is 0. */
export const greater = (a: Operand, b: Operand): Node => applyTo(GREATER, [a, b]);

/** 1 where a ≥ b, else 0; flat, so its gradient is 0. */
export const greaterEqual = (a: Operand, b: Operand): Node => applyTo(GREATER_EQUAL, [a, b]);

/** 1 where a < b, else 0; flat, so its gradient is 0. */
export const less = (a: Operand, b: Operand): Node => applyTo(LESS, [a, b]);

/** 1 where a ≤ b, else 0; flat, so its gradient is 0. */
export const lessEqual = (a: Operand, b: Operand): Node => applyTo(LESS_EQUAL, [a, b]);

/** 1 where a = b exactly, else 0; flat, so its gradient is 0. */
export const equal = (a: Operand, b: Operand): Node => applyTo(EQUAL, [a, b]);

/** a where the condition is not 0, else b. */
export const SELECT: Op = elementwise('select', {
  expression: ([condition, a, b]) => `(${condition} != 0.0 ? ${a} : ${b})`,
  evaluate: ([condition, a, b]) => (condition !== 0 ? a! : b!),
  gradient: ({ inputs: [condition] }, g) => [undefined, select(condition!, g, 0), select(condition!, 0, g)],
});

/** a where the condition is not 0, else b; what is in the other is not touched, be it NaN. */
export const select = (condition: Operand, a: Operand, b: Operand): Node => applyTo(SELECT, [condition, a, b]);
