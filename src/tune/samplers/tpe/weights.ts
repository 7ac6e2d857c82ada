/**
 * How much each of `n` observations counts, the oldest first: all 1 up to 25; of more, the newest 25 count 1 and the older ones
 * from 1/n up to 1.
 */
export function recencyWeights(n: number): Float64Array {
  const weights = new Float64Array(n).fill(1);
  const older = n - 25;
  for (let i = 0; i < older; i++) weights[i] = older === 1 ? 1 / n : 1 / n + (i / (older - 1)) * (1 - 1 / n);
  return weights;
}
