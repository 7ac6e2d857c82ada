import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameHeights } from '../../dashboards/src/chart/curve-names.js';

const name = (x: number, y: number) => ({ text: '#1', x, y, width: 30 });

test('names that have room stay beside their points', () => {
  expect(nameHeights([name(0, 20), name(0, 40), name(50, 21)], 13, 0, 100)).toEqual([20, 40, 21]);
});

test('names that would overlap are pushed apart, the first ones least, and none leaves the plot', () => {
  expect(nameHeights([name(0, 50), name(5, 50), name(10, 50)], 13, 0, 100)).toEqual([50, 37, 63]);
  expect(nameHeights([name(0, 98), name(0, 98)], 13, 6, 94)).toEqual([94, 81]);
});

test('a name without room near its point is left out, not put on top of another', () => {
  const heights = nameHeights(
    Array.from({ length: 20 }, () => name(0, 50)),
    13,
    0,
    1000,
  );
  expect(heights.filter(at => at !== undefined)).toHaveLength(7);
  expect(heights.slice(0, 7)).not.toContain(undefined);
});

test('no two names are on top of each other, wherever the points are', () => {
  const points = fc.array(
    fc.record({ x: fc.double({ min: 0, max: 200, noNaN: true }), y: fc.double({ min: 0, max: 200, noNaN: true }) }),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(points, all => {
      const wishes = all.map(({ x, y }) => name(x, y));
      const heights = nameHeights(wishes, 13, 6, 194);
      const placed = wishes.flatMap(({ x }, i) => (heights[i] === undefined ? [] : [{ x, y: heights[i] as number }]));
      for (const [i, a] of placed.entries()) {
        expect(a.y).toBeGreaterThanOrEqual(6);
        expect(a.y).toBeLessThanOrEqual(194);
        for (const b of placed.slice(i + 1)) {
          expect(Math.abs(a.x - b.x) >= 30 || Math.abs(a.y - b.y) >= 13 - 1e-6).toBe(true);
        }
      }
    }),
  );
});
