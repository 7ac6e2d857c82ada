/**
 * How much each of `n` observations counts, the oldest first: all 1 up to 25; of more, the newest 25 count 1 and the older ones
 * from 1/n up to 1.
 *
 * @param out where the weights are put; longer ones are filled in part
 */
export function recencyWeights(n: number, out = new Float64Array(n)): Float64Array {
  out.fill(1, 0, n);
  const older = n - 25;
  const step = older > 1 ? (1 - 1 / n) / (older - 1) : 0;
  for (let i = 0; i < older; i++) out[i] = 1 / n + i * step;
  return out;
}

/** All the same. */
export function equalWeights(n: number, out = new Float64Array(n)): Float64Array {
  return out.fill(1, 0, n);
}
