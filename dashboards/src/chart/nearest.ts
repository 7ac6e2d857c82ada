import { type Curve, firstFrom } from './curves-data.js';

/** Where the axes put values, in pixels; `unx` is the way back. */
export interface Scales {
  x(value: number): number;
  y(value: number): number;
  unx(pixel: number): number;
}

/** The curve beneath the pointer, and its point that is nearest. */
export interface Near {
  readonly trial: number;
  readonly index: number;
  readonly distance: number;
}

/**
 * The curve that is nearest to a point, if one is nearer than `reach` pixels; of equals the last. In each curve only the stretch
 * around the pointer is looked at, found by halving, so that ten thousand curves take about a millisecond.
 */
export function nearestCurve(
  curves: Iterable<readonly [trial: number, curve: Curve]>,
  at: { readonly left: number; readonly top: number },
  scales: Scales,
  reach: number,
): Near | undefined {
  const { left, top } = at;
  const from = scales.unx(left - reach);
  const to = scales.unx(left + reach);
  let trialFound: number | undefined;
  let index = 0;
  let distance = reach;
  // Squares are compared: roots of a hundred thousand take their time.
  let square = reach * reach;
  for (const [trial, { xs, ys }] of curves) {
    const length = xs.length;
    if (length === 0 || (xs[0] as number) > to || (xs[length - 1] as number) < from) continue;
    let x0 = Number.NaN;
    let y0 = Number.NaN;
    let point0 = Infinity;
    // One point on either side: a segment may cross the reach without a point in it.
    for (let i = Math.max(0, firstFrom(xs, from) - 1); i < length; i++) {
      const x = xs[i] as number;
      const x1 = scales.x(x) - left;
      const y1 = scales.y(ys[i] as number) - top;
      const point1 = x1 * x1 + y1 * y1;
      const isBeyond = (y0 > distance && y1 > distance) || (y0 < -distance && y1 < -distance);
      const away = isBeyond ? point1 : Math.min(point1, toSegment(x0, y0, x1, y1));
      if (away <= square) {
        square = away;
        distance = Math.sqrt(away);
        trialFound = trial;
        index = point0 < point1 ? i - 1 : i;
      }
      if (x > to) break;
      x0 = x1;
      y0 = y1;
      point0 = point1;
    }
  }
  return trialFound === undefined ? undefined : { trial: trialFound, index, distance };
}

/** The square of the distance from the origin to a stretch of a straight line; infinite where an end is no number. */
function toSegment(x0: number, y0: number, x1: number, y1: number): number {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  if (!(square > 0)) return Infinity;
  const share = Math.min(1, Math.max(0, -(x0 * dx + y0 * dy) / square));
  const x = x0 + share * dx;
  const y = y0 + share * dy;
  return x * x + y * y;
}
