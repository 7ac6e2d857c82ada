import fc from 'fast-check';
import { expect, test } from 'vitest';
import { panned, parseWindow, windowText, within, zoomed } from '../../dashboards/src/chart/zoom.js';

const whole = { low: 1, high: 101 };

test('zooming in keeps the place beneath the pointer, and zooming out leads back to the whole', () => {
  const window = zoomed(whole, undefined, 0.5, 21);
  expect(window).toEqual({ low: 11, high: 61 });
  expect(zoomed(whole, window, 2, 21)).toBeUndefined();
});

test('no window reaches beyond the whole, and none is empty', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('zoom' as const), by: fc.double({ min: 0.05, max: 20, noNaN: true }) }),
    fc.record({ kind: fc.constant('pan' as const), by: fc.double({ min: -2, max: 2, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.double({ min: 1, max: 101, noNaN: true }), (steps, around) => {
      let window: { low: number; high: number } | undefined;
      for (const { kind, by } of steps) {
        window = kind === 'zoom' ? zoomed(whole, window, by, around) : panned(whole, window, by);
        if (window === undefined) continue;
        expect(window.low).toBeGreaterThanOrEqual(whole.low);
        expect(window.high).toBeLessThanOrEqual(whole.high);
        expect(window.high - window.low).toBeGreaterThan(0);
      }
    }),
  );
});

test('moving a window keeps its width, up to the edge', () => {
  expect(panned(whole, { low: 11, high: 31 }, 0.5)).toEqual({ low: 21, high: 41 });
  expect(panned(whole, { low: 91, high: 100 }, 2)).toEqual({ low: 92, high: 101 });
  expect(panned(whole, undefined, 0.5)).toBeUndefined();
});

test('what lies beyond the whole is cut off, and what has nothing of it is no window', () => {
  expect(within(whole, { low: -5, high: 20 })).toEqual({ low: 1, high: 20 });
  expect(within(whole, { low: 0, high: 200 })).toBeUndefined();
  expect(within(whole, { low: 300, high: 400 })).toBeUndefined();
});

test('a window in the address is read as it was written, and what is none is none', () => {
  expect(parseWindow(windowText({ low: 1.5, high: 1e6 }))).toEqual({ low: 1.5, high: 1e6 });
  expect(windowText(undefined)).toBeUndefined();
  for (const text of ['', '3', '5..2', 'a..b', '..', '1..Infinity', '..5'])
    expect(parseWindow(text), text).toBeUndefined();
});
