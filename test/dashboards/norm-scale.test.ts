import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mix, normColor, normHeat, normWord, rgbOf, worstNorm } from '../../dashboards/src/chart/norm-scale.js';

describe('the colour of a norm', () => {
  test('is calm at 1, whole beyond the limits, and none where it is not finite', () => {
    expect([1e-9, 1e-5, 1, 1e3, 1e9].map(normHeat)).toEqual([-1, -1, 0, 1, 1]);
    for (const odd of [null, Number.NaN, Number.POSITIVE_INFINITY]) expect(normHeat(odd)).toBeNaN();
    expect([1e-6, 0.01, 5000, null].map(normWord)).toEqual(['vanishing', 'well', 'exploding', 'not finite']);
  });

  test('grows with the norm, and within the limits stays clear of what is beyond them', () => {
    const exponent = fc.double({ min: -4.999, max: 2.999, noNaN: true });
    fc.assert(
      fc.property(exponent, exponent, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(normHeat(10 ** low)).toBeLessThanOrEqual(normHeat(10 ** high));
        expect(Math.abs(normHeat(10 ** a))).toBeLessThanOrEqual(0.85);
      }),
    );
  });

  test('goes from cold over calm to hot', () => {
    const colors = { cold: rgbOf('#0000ff'), calm: rgbOf('#fff'), hot: rgbOf('#ff0000') };
    expect(normColor(1e-7, colors)).toEqual([0, 0, 255]);
    expect(normColor(1, colors)).toEqual([255, 255, 255]);
    expect(normColor(1e4, colors)).toEqual([255, 0, 0]);
    expect(normColor(null, colors)).toBeUndefined();
    expect(mix([0, 0, 0], [100, 50, 10], 0.5)).toEqual([50, 25, 5]);
    expect(rgbOf('green')).toEqual([0, 0, 0]);
  });

  test('of several the one that says most is shown', () => {
    expect(worstNorm([1, 0.5, 200, undefined])).toBe(200);
    expect(worstNorm([1e-6, 200])).toBe(1e-6);
    expect(worstNorm([1e9, null])).toBeNull();
    expect(worstNorm([undefined])).toBeUndefined();
  });
});
