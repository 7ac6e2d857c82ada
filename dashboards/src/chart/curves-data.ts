import type { CurveAxis } from '../../../src/live/protocol.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';

/** One metric of one trial over its epochs; what is no number is left out, as a gap. */
export interface Curve {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** The curves of all trials for one metric, read from the reports as they come. */
export interface Curves {
  /** Takes in what is new in the given trials. */
  update(trials: Iterable<TrialRecord>): void;
  get(trial: number): Curve | undefined;
  /** Numbers shown, all curves together. */
  points(): number;
  /** The greatest value on the axis. */
  last(): number;
  /** At most about so many of the values, evenly chosen. */
  sample(size: number, wanted: (trial: number) => boolean): number[];
}

/** No curves yet. */
export function curvesOf(metric: string, by: CurveAxis = 'epoch'): Curves {
  const curves = new Map<number, { xs: number[]; ys: number[] }>();
  let points = 0;
  let last = 1;
  return {
    update(trials) {
      for (const { number, reports } of trials) {
        let curve = curves.get(number);
        if (curve === undefined) {
          curve = { xs: [], ys: [] };
          curves.set(number, curve);
        }
        for (let i = curve.xs.length; i < reports.length; i++) {
          const { metrics, ...report } = reports[i] as TrialRecord['reports'][number];
          const value: unknown = metrics[metric];
          const y = typeof value === 'number' ? value : Number.NaN;
          curve.xs.push(report[by]);
          curve.ys.push(y);
          if (Number.isFinite(y)) points++;
          last = Math.max(last, report[by]);
        }
      }
    },
    get: trial => curves.get(trial),
    points: () => points,
    last: () => last,
    sample(size, wanted) {
      const every = Math.max(1, Math.floor(points / size));
      const values: number[] = [];
      let i = 0;
      for (const [trial, { ys }] of curves) {
        if (!wanted(trial)) continue;
        for (const y of ys) if (i++ % every === 0) values.push(y);
      }
      return values;
    },
  };
}

/** The distance in pixels from a point to a curve, looked for near the point's own x; infinite when it is not there. */
export function distanceTo(
  { xs, ys }: Curve,
  at: { readonly left: number; readonly top: number },
  x: (value: number) => number,
  y: (value: number) => number,
): { readonly distance: number; readonly index: number } {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x(xs[middle] as number) < at.left) low = middle + 1;
    else high = middle;
  }
  let best = { distance: Number.POSITIVE_INFINITY, index: low };
  for (let i = Math.max(0, low - 2); i <= Math.min(xs.length - 1, low + 1); i++) {
    const [x1, y1] = [x(xs[i] as number), y(ys[i] as number)];
    const point = Math.hypot(x1 - at.left, y1 - at.top);
    if (point < best.distance) best = { distance: point, index: i };
    if (i === 0) continue;
    const [x0, y0] = [x(xs[i - 1] as number), y(ys[i - 1] as number)];
    if (at.left < x0 || at.left > x1 || x1 === x0) continue;
    const share = (at.left - x0) / (x1 - x0);
    // Across the segment, not straight up: on a steep one the two differ much.
    const across = (Math.abs(y0 + share * (y1 - y0) - at.top) * (x1 - x0)) / Math.hypot(x1 - x0, y1 - y0);
    if (across < best.distance) best = { distance: across, index: share < 0.5 ? i - 1 : i };
  }
  return best;
}
