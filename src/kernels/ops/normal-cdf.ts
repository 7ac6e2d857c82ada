import type { Node } from '../graph.js';
import { mul, neg, square } from './arithmetic.js';
import { applyTo, elementwise } from './elementwise.js';
import { polynomial } from './polynomial.js';
import { exp } from './transcendental.js';

/** t = 1 / (1 + |x| / 2√2), the variable of the approximation. */
const TAIL_VARIABLE = elementwise('normalTailVariable', {
  expression: ([x]) => `(1.0 / (1.0 + 0.353553390593 * Math.abs(${x})))`,
  evaluate: ([x]) => 1 / (1 + Math.abs(x!) / (2 * Math.SQRT2)),
});

const FIT = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/**
 * erfc(|x| / √2), twice the tail beyond |x|, to 1.2e−7 of its own size at any x
 * (Press et al., Numerical Recipes, `erfcc`: a Chebyshev fit in t).
 */
const TWO_TAILS = elementwise('normalTwoTails', {
  expression: ([x, t]) => `(${t} * Math.exp(${polynomial(t!, FIT)} - 0.5 * ${x} * ${x}))`,
  evaluate: ([x]) => erfc(Math.abs(x!) / Math.SQRT2),
});

const NORMAL_CDF = elementwise('normalCdf', {
  expression: ([x, tails]) => `(${x} > 0.0 ? 1.0 - 0.5 * ${tails} : 0.5 * ${tails})`,
  evaluate: ([x, tails]) => (x! > 0 ? 1 - 0.5 * tails! : 0.5 * tails!),
  gradient: ({ inputs: [x] }, g) => [mul(g, normalDensity(x!)), undefined],
});

/** Φ(x), the standard normal distribution function, of small relative error in the lower tail too. */
export const normalCdf = (x: Node): Node =>
  applyTo(NORMAL_CDF, [x, applyTo(TWO_TAILS, [x, applyTo(TAIL_VARIABLE, [x])])]);

/** φ(x) = e^(−x²/2) / √2π */
const normalDensity = (x: Node): Node => mul(exp(neg(mul(square(x), 0.5))), 1 / Math.sqrt(2 * Math.PI));

/** The complementary error function of x ≥ 0 in float64: series below 2, continued fraction above. */
function erfc(x: number): number {
  if (x < 2) {
    let term = x;
    let total = x;
    for (let n = 1; Math.abs(term) > 1e-17 * total; n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * total;
  }
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
