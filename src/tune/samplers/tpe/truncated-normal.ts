import { cumulative, inverseCumulative } from '../normal-distribution.js';

/** How much of a normal distribution lies below `low` and above `high`. */
export function tailsOf(mu: number, sigma: number, low: number, high: number): readonly [number, number] {
  return [cumulative((low - mu) / sigma), cumulative((mu - high) / sigma)];
}

/**
 * The number below which lies a fraction `u` of a normal distribution cut off outside [low, high]; `mu` lies between them. Its tails
 * are those that are cut off.
 */
export function truncatedNormalQuantile(
  mu: number,
  sigma: number,
  low: number,
  high: number,
  u: number,
  [below, above]: readonly [number, number] = tailsOf(mu, sigma, low, high),
): number {
  const inside = 1 - below - above;
  const p = below + u * inside;
  // From the nearer tail, which has the more digits.
  const z = p <= 0.5 ? inverseCumulative(p) : -inverseCumulative(above + (1 - u) * inside);
  return Math.min(high, Math.max(low, mu + sigma * z));
}
