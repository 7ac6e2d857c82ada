import { cumulative, inverseCumulative } from '../normal-distribution.js';

/**
 * The number below which lies a fraction `u` of a normal distribution cut off outside [low, high]; `mu` lies between them.
 */
export function truncatedNormalQuantile(mu: number, sigma: number, low: number, high: number, u: number): number {
  const below = cumulative((low - mu) / sigma);
  const above = cumulative((mu - high) / sigma);
  const inside = 1 - below - above;
  const p = below + u * inside;
  // From the nearer tail, which has the more digits.
  const z = p <= 0.5 ? inverseCumulative(p) : -inverseCumulative(above + (1 - u) * inside);
  return Math.min(high, Math.max(low, mu + sigma * z));
}
