const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

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
  const density = -0.5 * z * z - LOG_SQRT_2PI;
  if (z > 0) {
    const phi = Math.exp(density);
    const cdf = 1 - phi * mills(z);
    const h = phi + z * cdf;
    return { value: Math.log(h), slope: cdf / h };
  }
  const t = -z;
  if (t < SWITCH) {
    const ratio = mills(t);
    const rest = 1 - t * ratio;
    return { value: density + Math.log(rest), slope: ratio / rest };
  }
  // 1 − t R(t) = c / (t + c) without cancellation, and R / (1 − t R) = 1 / c.
  const c = tail(t);
  return { value: density + Math.log(c / (t + c)), slope: 1 / c };
}

const SWITCH = 3;

/** Mills' ratio R(t) = (1 − Φ(t)) / φ(t), t ≥ 0: its power series, and from 3 on its continued fraction. */
function mills(t: number): number {
  if (t >= SWITCH) return 1 / (t + tail(t));
  let term = t;
  let sum = t;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (t * t) / k;
    sum += term;
  }
  return Math.sqrt(Math.PI / 2) * Math.exp(0.5 * t * t) - sum;
}

/** c in R(t) = 1 / (t + c), c = 1 / (t + 2 / (t + 3 / (t + …))), t ≥ 3. */
function tail(t: number): number {
  let c = 0;
  for (let k = 60; k > 0; k--) c = k / (t + c);
  return c;
}
