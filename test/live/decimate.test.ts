import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimate } from '../../src/live/decimate.js';

const curve = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) }, fc.constant(Number.NaN)),
  {
    minLength: 1,
    maxLength: 400,
  },
);
const most = fc.integer({ min: 4, max: 60 });

describe('the points of a curve that are drawn', () => {
  test('are all of them where there are no more than asked for', () => {
    fc.assert(
      fc.property(curve, ys => {
        expect(decimate(Float32Array.from(ys), 0, ys.length, Math.max(4, ys.length))).toEqual(ys.map((_, i) => i));
      }),
    );
  });

  test('are no more than asked for, in order, and of the given part', () => {
    fc.assert(
      fc.property(curve, most, fc.nat(50), fc.nat(50), (ys, points, before, after) => {
        const to = Math.max(before + 1, ys.length - after);
        if (before >= ys.length || to > ys.length) return;
        const kept = decimate(Float32Array.from(ys), before, to, points);
        expect(kept.length).toBeLessThanOrEqual(points);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        expect(kept.every(i => i >= before && i < to)).toBe(true);
      }),
    );
  });

  test('have the first and the last number and, stretch by stretch, the least and the greatest', () => {
    fc.assert(
      fc.property(curve, most, (ys, points) => {
        if (ys.length <= points) return;
        const kept = decimate(Float32Array.from(ys), 0, ys.length, points);
        const isNumber = (i: number) => !Number.isNaN(ys[i]);
        const numbers = ys.map((_, i) => i).filter(isNumber);
        if (numbers.length < 2) return;
        const [first, last] = [numbers[0] as number, numbers.at(-1) as number];
        expect([kept[0], kept.at(-1)]).toEqual([first, last]);
        // Naively: every index between belongs to a stretch of (nearly) equal length.
        const inner = last - first - 1;
        const stretches = Math.min(inner, Math.floor((points - 2) / 2));
        for (let stretch = 0; stretch < stretches; stretch++) {
          const own = Array.from({ length: inner }, (_, i) => i)
            .filter(
              i =>
                Math.floor((stretch * inner) / stretches) <= i && i < Math.floor(((stretch + 1) * inner) / stretches),
            )
            .map(i => first + 1 + i);
          const values = own.filter(isNumber).map(i => ys[i] as number);
          const drawn = kept.filter(i => own.includes(i)).map(i => ys[i] as number);
          if (values.length === 0) expect(drawn).toEqual([Number.NaN]);
          else {
            expect(Math.min(...drawn)).toBe(Math.min(...values));
            expect(Math.max(...drawn)).toBe(Math.max(...values));
          }
        }
      }),
    );
  });
});
