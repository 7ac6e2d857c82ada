import type { Curve } from './curves-data.js';

/** The mean of each point and the ones before it, `points` in all (fewer at the beginning); gaps stay, and do not count. */
export function smoothed({ xs, ys }: Curve, points: number): Curve {
  const means = new Float32Array(ys.length);
  for (let i = 0; i < ys.length; i++) {
    let sum = 0;
    let n = 0;
    for (let j = Math.max(0, i - points + 1); j <= i; j++) {
      const y = ys[j] as number;
      if (!Number.isFinite(y)) continue;
      sum += y;
      n++;
    }
    means[i] = Number.isFinite(ys[i]) ? sum / n : Number.NaN;
  }
  return { xs, ys: means };
}
