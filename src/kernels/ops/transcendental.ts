import type { Node } from '../graph.js';
import { add, div, mul } from './arithmetic.js';
import { applyTo, elementwise } from './elementwise.js';
import type { Operand } from './operand.js';
import { polynomial } from './polynomial.js';

const EXP = elementwise('exp', {
  expression: ([x]) => `Math.exp(${x})`,
  evaluate: ([x]) => Math.exp(x!),
  gradient: (y, g) => [mul(g, y)],
});

/** eˣ; in float32 infinite from 88.8 up. */
export const exp = (x: Operand): Node => applyTo(EXP, [x]);

const LOG = elementwise('log', {
  expression: ([x]) => `Math.log(${x})`,
  evaluate: ([x]) => Math.log(x!),
  gradient: ({ inputs: [x] }, g) => [div(g, x!)],
});

/** The natural logarithm; −Infinity at 0, NaN below. */
export const log = (x: Operand): Node => applyTo(LOG, [x]);

const SQRT = elementwise('sqrt', {
  expression: ([x]) => `Math.sqrt(${x})`,
  evaluate: ([x]) => Math.sqrt(x!),
  gradient: (y, g) => [div(mul(g, 0.5), y)],
});

/** √x; NaN below 0, and an infinite gradient at 0. */
export const sqrt = (x: Operand): Node => applyTo(SQRT, [x]);

const LOG1P = elementwise('log1p', {
  // 1 + x rounds away a small x, so near 0 the series of the logarithm stands in; its fifth term ends below float32.
  expression: ([x]) => {
    const series = `${x} * ${polynomial(x!, [1, -1 / 2, 1 / 3, -1 / 4, 1 / 5])}`;
    return `(Math.abs(${x}) < 0.05 ? ${series} : Math.log(1.0 + ${x}))`;
  },
  evaluate: ([x]) => Math.log1p(x!),
  gradient: ({ inputs: [x] }, g) => [div(g, add(x!, 1))],
});

/** log(1 + x), exact for small x too. */
export const log1p = (x: Operand): Node => applyTo(LOG1P, [x]);
