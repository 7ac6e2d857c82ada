import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../src/random.js';
import type { Direction, TrialState } from '../../src/tune/events.js';
import { dominates, fronts, hypervolume, paretoFront } from '../../src/tune/pareto.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

function trial(number: number, values: number[] | undefined, state: TrialState = 'complete'): TrialRecord {
  return { number, state, hparams: {}, reports: [], value: values?.[0], values, epochs: 1, samples: 1, startedAt: 0 };
}

const minimize = { direction: 'minimize' } as const;
const maximize = { direction: 'maximize' } as const;

/** Points of few different values, so that there are ties and duplicates. */
const pointsOf = (n: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: n, maxLength: n }), { maxLength: 12 });
const anyPoints = fc.integer({ min: 1, max: 4 }).chain(pointsOf);

describe('dominates', () => {
  test('is as good everywhere and better somewhere', () => {
    expect(dominates([1, 2], [1, 3])).toBe(true);
    expect(dominates([1, 2], [1, 2])).toBe(false);
    expect(dominates([1, 3], [2, 2])).toBe(false);
  });
});

describe('fronts', () => {
  test('peel off, one after another, the points that none of the rest dominates', () => {
    fc.assert(
      fc.property(anyPoints, points => {
        const expected: number[][] = [];
        let rest = [...points.keys()];
        while (rest.length > 0) {
          const front = rest.filter(i => !rest.some(j => dominates(points[j]!, points[i]!)));
          expected.push(front);
          rest = rest.filter(i => !front.includes(i));
        }
        expect(fronts(points)).toEqual(expected);
      }),
    );
  });
});

describe('the Pareto front', () => {
  test('is those complete trials that none beats, in the order of the first objective', () => {
    const trials = [trial(0, [3, 1]), trial(1, [1, 3]), trial(2, [3, 3]), trial(3, [2, 2]), trial(4, [2, 2])];
    expect(paretoFront(trials, [minimize, minimize]).map(t => t.number)).toEqual([1, 3, 4, 0]);
    expect(paretoFront(trials, [maximize, minimize]).map(t => t.number)).toEqual([0]);
    expect(paretoFront(trials, [maximize, maximize]).map(t => t.number)).toEqual([2]);
  });

  test('leaves out trials that are not complete or lack a number', () => {
    const trials = [
      trial(0, [0, 0], 'pruned'),
      trial(1, [0, Number.NaN]),
      trial(2, undefined),
      trial(3, [5, 5]),
      trial(4, [0, 0], 'running'),
    ];
    expect(paretoFront(trials, [minimize, minimize]).map(t => t.number)).toEqual([3]);
  });

  test('of one objective is its best trials', () => {
    expect(paretoFront([trial(0, [2]), trial(1, [1]), trial(2, [1])], [minimize]).map(t => t.number)).toEqual([1, 2]);
  });

  test('is the first of the fronts, whatever the directions', () => {
    fc.assert(
      fc.property(anyPoints, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (points, up) => {
        const n = points[0]?.length ?? 1;
        const objectives = up.slice(0, n).map(yes => (yes ? maximize : minimize));
        const losses = points.map(point => point.map((value, i) => (up[i] ? -value : value)));
        const front = paretoFront(
          points.map((values, number) => trial(number, values)),
          objectives,
        );
        expect(front.map(t => t.number).sort((a, b) => a - b)).toEqual(fronts(losses)[0] ?? []);
      }),
    );
  });
});

/** Counts unit cells: exact for whole numbers. */
function countCells(points: readonly (readonly number[])[], reference: number, n: number): number {
  let count = 0;
  for (let cell = 0; cell < reference ** n; cell++) {
    const corner = Array.from({ length: n }, (_, i) => Math.floor(cell / reference ** i) % reference);
    if (points.some(point => point.every((value, i) => value <= corner[i]!))) count++;
  }
  return count;
}

describe('the hypervolume', () => {
  test('of points on a staircase is the area under it', () => {
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(hypervolume([], [3, 3])).toBe(0);
    expect(hypervolume([[3, 0]], [3, 3])).toBe(0);
  });

  test.each([1, 2, 3, 4])('of %d objectives equals the number of cells that are dominated', n => {
    fc.assert(
      fc.property(pointsOf(n), points => {
        expect(hypervolume(points, Array(n).fill(5))).toBe(countCells(points, 5, n));
      }),
      { numRuns: 60 },
    );
  });

  test('does not depend on order, duplicates, dominated points or which objective is which, and grows with every point', () => {
    const real = fc.double({ min: 0, max: 1, noNaN: true });
    const points = fc.array(fc.tuple(real, real, real), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(points, points, (some, more) => {
        const volume = hypervolume(some, [1, 1, 1]);
        expect(hypervolume([...some.toReversed(), ...some], [1, 1, 1])).toBeCloseTo(volume, 12);
        expect(hypervolume([...some, some[0]!.map(x => (x + 1) / 2)], [1, 1, 1])).toBeCloseTo(volume, 12);
        expect(
          hypervolume(
            some.map(([a, b, c]) => [c, a, b]),
            [1, 1, 1],
          ),
        ).toBeCloseTo(volume, 12);
        expect(hypervolume([...some, ...more], [1, 1, 1])).toBeGreaterThanOrEqual(volume - 1e-12);
      }),
    );
  });

  test('in five dimensions lies where a million random points say that it lies', () => {
    const draws = random(1, 'points');
    const points = Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => 0.7 * draws.uniform()));
    let inside = 0;
    const n = 1e6;
    const at = new Float32Array(5);
    for (let i = 0; i < n; i++) {
      draws.fill(at);
      if (points.some(p => p[0]! <= at[0]! && p[1]! <= at[1]! && p[2]! <= at[2]! && p[3]! <= at[3]! && p[4]! <= at[4]!))
        inside++;
    }
    const share = inside / n;
    // Four standard deviations.
    expect(Math.abs(hypervolume(points, Array(5).fill(1)) - share)).toBeLessThan(
      4 * Math.sqrt((share * (1 - share)) / n),
    );
  });

  test('of objectives to maximize lies above the reference', () => {
    const directions: Direction[] = ['minimize', 'maximize'];
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 3],
        ],
        [3, 0],
        directions,
      ),
    ).toBe(5);
  });

  test('refuses points of another length', () => {
    expect(() => hypervolume([[1, 2, 3]], [3, 3])).toThrow(
      'hypervolume: expected a point of length 2, as the reference, got 3',
    );
    expect(() => hypervolume([[1, 2]], [3, 3], ['minimize'])).toThrow('expected directions of length 2');
  });
});
