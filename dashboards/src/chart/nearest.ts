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
  const from = scales.unx(at.left - reach);
  const to = scales.unx(at.left + reach);
  let found: Near | undefined;
  let distance = reach;
  for (const [trial, { xs, ys }] of curves) {
    const length = xs.length;
    if (length === 0 || (xs[0] as number) > to || (xs[length - 1] as number) < from) continue;
    // One point on either side: a segment may cross the reach without a point in it.
    const first = Math.max(0, firstFrom(xs, from) - 1);
    let x0 = Number.NaN;
    let y0 = Number.NaN;
    for (let i = first; i < length; i++) {
      const x1 = scales.x(xs[i] as number);
      const y1 = scales.y(ys[i] as number);
      const point = Math.hypot(x1 - at.left, y1 - at.top);
      const away = Math.min(point, toSegment(at.left, at.top, x0, y0, x1, y1));
      if (away <= distance) {
        const before = Math.hypot(x0 - at.left, y0 - at.top);
        distance = away;
        found = { trial, index: before < point ? i - 1 : i, distance };
      }
      if ((xs[i] as number) > to) break;
      [x0, y0] = [x1, y1];
    }
  }
  return found;
}

/** From a point to a stretch of a straight line; infinite where an end is no number. */
function toSegment(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  if (!(square > 0)) return Infinity;
  const share = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
  return Math.hypot(x0 + share * dx - x, y0 + share * dy - y);
}
