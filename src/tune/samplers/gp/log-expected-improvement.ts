import { cumulative, density, logDensity, millsRatio, millsRest } from '../normal-distribution.js';

/** log h(z) and its derivative. */
export interface LogImprovement {
  readonly value: number;
  readonly slope: number;
}

/**
 * log h(z), h(z) = φ(z) + z Φ(z), the logarithm of the expected improvement of a standard normal number over −z, without
 * underflow where the improvement itself is 0 in floating point, and its derivative Φ(z) / h(z). Ament, Daulton, Eriksson,
 * Balandat, Bakshy, "Unexpected Improvements to Expected Improvement for Bayesian Optimization" (2023).
 */
export function logImprovement(z: number): LogImprovement {
  if (z > 0) {
    const cdf = cumulative(z);
    const h = density(z) + z * cdf;
    return { value: Math.log(h), slope: cdf / h };
  }
  // With t = −z: h = φ(t) (1 − t R(t)) and Φ(z) = φ(t) R(t).
  const rest = millsRest(-z);
  return { value: logDensity(z) + Math.log(rest), slope: millsRatio(-z) / rest };
}
