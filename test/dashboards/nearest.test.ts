import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Curve } from '../../dashboards/src/chart/curves-data.js';
import { nearestCurve } from '../../dashboards/src/chart/nearest.js';

const scales = { x: (v: number) => 7 * v + 3, y: (v: number) => 200 - 40 * v, unx: (p: number) => (p - 3) / 7 };

/** All segments and points of all curves, one after the other. */
function bySearch(curves: readonly (readonly [number, Curve])[], at: { left: number; top: number }): number {
  let least = Infinity;
  for (const [, { xs, ys }] of curves) {
    for (let i = 0; i < xs.length; i++) {
      const [x1, y1] = [scales.x(xs[i] as number), scales.y(ys[i] as number)];
      if (!Number.isFinite(y1)) continue;
      least = Math.min(least, Math.hypot(x1 - at.left, y1 - at.top));
      if (i === 0 || !Number.isFinite(ys[i - 1])) continue;
      const [x0, y0] = [scales.x(xs[i - 1] as number), scales.y(ys[i - 1] as number)];
      // Many points of the segment, the nearest of which is near enough.
      for (let k = 0; k <= 400; k++) {
        least = Math.min(least, Math.hypot(x0 + ((x1 - x0) * k) / 400 - at.left, y0 + ((y1 - y0) * k) / 400 - at.top));
      }
    }
  }
  return least;
}

const curve = fc
  .array(
    fc.record({ step: fc.integer({ min: 1, max: 6 }), y: fc.option(fc.float({ min: -2, max: 5, noNaN: true })) }),
    {
      maxLength: 25,
    },
  )
  .map(points => {
    let x = 0;
    const xs = points.map(({ step }) => (x += step));
    return { xs, ys: points.map(({ y }) => y ?? Number.NaN) };
  });

test('the curve beneath the pointer is the nearest of all, as a search of every segment finds it', () => {
  fc.assert(
    fc.property(
      fc.array(curve, { maxLength: 8 }),
      fc.record({ left: fc.integer({ min: 0, max: 500 }), top: fc.integer({ min: 0, max: 300 }) }),
      (curves, at) => {
        const numbered = curves.map((each, i) => [i, each] as const);
        const near = nearestCurve(numbered, at, scales, 28);
        const wanted = bySearch(numbered, at);
        if (near === undefined) expect(wanted).toBeGreaterThan(28 - 0.5);
        else {
          expect(Math.abs(near.distance - wanted)).toBeLessThan(0.5);
          const { xs, ys } = curves[near.trial] as Curve;
          expect(near.index).toBeGreaterThanOrEqual(0);
          expect(near.index).toBeLessThan(xs.length);
          expect(Number.isFinite(ys[near.index])).toBe(true);
        }
      },
    ),
  );
});

test('of equals the last is taken, and of nothing nothing', () => {
  const same = { xs: [1, 2, 3], ys: [1, 1, 1] };
  const at = { left: scales.x(2), top: scales.y(1) };
  expect(
    nearestCurve(
      [
        [4, same],
        [9, same],
      ],
      at,
      scales,
      28,
    ),
  ).toEqual({ trial: 9, index: 1, distance: 0 });
  expect(nearestCurve([], at, scales, 28)).toBeUndefined();
});
