import { type Node, sizeOf } from '../graph.js';
import { div, mul, square, sub } from './arithmetic.js';
import { greater, select } from './comparison.js';
import { applyTo, elementwise } from './elementwise.js';
import { CONSTANT } from './leaves.js';
import { type Operand, toNode } from './operand.js';
import { log, sqrt } from './transcendental.js';

const POW = elementwise('pow', {
  // GPUs leave powers of 0 and of negative numbers undefined, so the built-in function only sees positive ones.
  expression: ([a, b]) => {
    const size = `Math.pow(Math.abs(${a}), ${b})`;
    const odd = `(${b} - 2.0 * Math.floor(${b} * 0.5) == 1.0)`;
    const negative = `(Math.floor(${b}) == ${b} ? (${odd} ? -${size} : ${size}) : Math.sqrt(${a}))`;
    const zero = `(${b} == 0.0 ? 1.0 : (${b} > 0.0 ? 0.0 : 1.0 / Math.abs(${a})))`;
    return `(${a} == 0.0 ? ${zero} : (${a} > 0.0 ? ${size} : ${negative}))`;
  },
  evaluate: ([a, b]) => a! ** b!,
  gradient: (y, g) => {
    const [a, b] = y.inputs as readonly [Node, Node];
    // The derivative by the exponent exists for positive bases only; it is taken as 0 elsewhere.
    const positive = greater(a, 0);
    return [
      // A power with exponent 0 is flat, at the base 0 too.
      mul(g, select(b, mul(b, pow(a, sub(b, 1))), 0)),
      mul(g, mul(y, select(positive, log(select(positive, a, 1)), 0))),
    ];
  },
});

/**
 * aᵇ. A negative base takes whole exponents; with others the result is NaN (on a GPU: not defined). The exponents 1, 2, 3,
 * −1 and ½, as numbers, become products, a quotient and a root.
 */
export function pow(a: Operand, b: Operand): Node {
  const base = toNode('pow', a);
  const exponent = toNode('pow', b);
  if (exponent.op === CONSTANT && sizeOf(exponent.shape) === 1) {
    if (exponent.attributes.value === 1) return base;
    if (exponent.attributes.value === 2) return square(base);
    if (exponent.attributes.value === 3) return mul(square(base), base);
    if (exponent.attributes.value === -1) return div(1, base);
    if (exponent.attributes.value === 0.5) return sqrt(base);
  }
  return applyTo(POW, [base, exponent]);
}
