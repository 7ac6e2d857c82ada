import type { MetricContext } from './metric.js';

/** The class predicted for a row: of one output, 1 from 0.5 up, else 0; of several, the first of the largest; −1 if any is NaN. */
export function predictedClass({ prediction, outputs }: MetricContext, row: number): number {
  const first = row * outputs;
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < outputs; j++) {
    const value = prediction[first + j]!;
    if (Number.isNaN(value)) return -1;
    if (best === -1 || value > largest) [best, largest] = [j, value];
  }
  return outputs === 1 ? Number(largest >= 0.5) : best;
}
