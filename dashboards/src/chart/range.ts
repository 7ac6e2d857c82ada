/** A range of values to show, and whether some lie beyond it. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The range that shows the curves well: all values, but for a few that are far off (a diverged trial must not flatten the
 * others): beyond one and a half times the span of the middle 96 %. With a margin of 4 %. Values that are not finite, or
 * on a logarithmic axis not positive, do not count.
 */
export function robustRange(values: readonly number[], log: boolean): Range {
  const scale = log ? Math.log10 : (value: number) => value;
  const sorted = Float64Array.from(
    values.filter(value => Number.isFinite(value) && (!log || value > 0)),
    scale,
  ).sort();
  if (sorted.length === 0) return { low: log ? 0.1 : 0, high: 1 };
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [bottom, top] = [at(0.02), at(0.98)];
  const span = top - bottom;
  let [low, high] = [at(0), at(1)];
  if (sorted.length > 20 && high > top + 1.5 * span) high = top + 0.25 * span;
  if (sorted.length > 20 && low < bottom - 1.5 * span) low = bottom - 0.25 * span;
  if (high - low < Math.abs(high) * 1e-6 + 1e-12) {
    const around = log ? 0.3 : Math.abs(high) * 0.1 || 1;
    [low, high] = [low - around, high + around];
  }
  const margin = 0.04 * (high - low);
  const back = log ? (value: number) => 10 ** value : (value: number) => value;
  return { low: back(low - margin), high: back(high + margin) };
}

/**
 * The previous range as long as it serves: an axis that twitches with every value is hard to read, and to redraw. The next
 * one may stick out by less than its own margin, and must fill most of it.
 */
export function calmRange(previous: Range | undefined, next: Range, log: boolean): Range {
  if (previous === undefined) return next;
  const scale = log ? Math.log10 : (value: number) => value;
  const [low, high] = [scale(previous.low), scale(previous.high)];
  const span = high - low;
  const fits = scale(next.low) > low - 0.03 * span && scale(next.high) < high + 0.03 * span;
  return fits && scale(next.high) - scale(next.low) > 0.8 * span ? previous : next;
}
