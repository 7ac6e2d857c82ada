import { describe, expect, test } from 'vitest';
import { choice, float, int } from '../../src/tune/distributions.js';
import { halton } from '../../src/tune/samplers/halton.js';
import type { Sampler } from '../../src/tune/samplers/sampler.js';
import { sobol } from '../../src/tune/samplers/sobol.js';
import { SOBOL_DIMENSIONS, sobolDirections } from '../../src/tune/samplers/sobol-directions.js';
import { searchSpace } from '../../src/tune/space.js';

const objective = { metric: 'loss', direction: 'minimize' } as const;
const box = (dimensions: number) =>
  searchSpace(Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i}`, float(0, 1)])));

/** The first points of a sampler in the unit cube, one a row. */
function cube(sampler: Sampler, dimensions: number, n: number, attempt = 0): readonly number[][] {
  const { ask } = sampler.begin({ space: box(dimensions), objective, seed: 0 });
  return Array.from({ length: n }, (_, trial) => Object.values(ask(trial, new Map(), attempt) ?? {}) as number[]);
}

/** How far the points are from filling every box at the origin by its volume (Warnock's formula of the L2 star discrepancy). */
function discrepancy(points: readonly (readonly number[])[]): number {
  const [n, d] = [points.length, points[0]!.length];
  let [single, double] = [0, 0];
  for (const x of points) {
    single += x.reduce((product, value) => product * (1 - value * value), 1);
    for (const y of points) double += x.reduce((product, value, i) => product * (1 - Math.max(value, y[i]!)), 1);
  }
  return Math.sqrt(3 ** -d - (2 ** (1 - d) / n) * single + double / n ** 2);
}

describe('the sampler sobol', () => {
  test('its direction numbers give the sequence that SciPy gives', () => {
    const points = (dimension: number) => {
      const directions = sobolDirections(dimension);
      return Array.from({ length: 8 }, (_, i) => {
        const bits = directions.reduce((sum, direction, k) => ((i >> k) & 1 ? sum ^ direction : sum), 0);
        return (bits >>> 0) / 2 ** 32;
      });
    };
    // scipy.stats.qmc.Sobol(101, scramble=False), by their index without the Gray code.
    expect(points(0)).toEqual([0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875]);
    expect(points(1)).toEqual([0, 0.5, 0.75, 0.25, 0.625, 0.125, 0.375, 0.875]);
    expect(points(2)).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
    expect(points(20)).toEqual([0, 0.5, 0.75, 0.25, 0.875, 0.375, 0.125, 0.625]);
    expect(points(100)).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
    expect(SOBOL_DIMENSIONS).toBe(101);
  });

  test('of every power of two of trials each cell of that many has one, in any dimension and pair of the first dimensions', () => {
    const points = cube(sobol({ seed: 3 }), 101, 64);
    for (let d = 0; d < 101; d++) {
      expect(new Set(points.map(x => Math.floor(x[d]! * 64))).size).toBe(64);
    }
    expect(new Set(points.map(([x = 0, y = 0]) => 8 * Math.floor(x * 8) + Math.floor(y * 8))).size).toBe(64);
  });

  test('hyperparameters after the last dimension are drawn at random', () => {
    const points = cube(sobol({ seed: 3 }), 103, 64);
    expect(new Set(points.map(x => x[102])).size).toBe(64);
    expect(points.every(x => x[102]! >= 0 && x[102]! < 1)).toBe(true);
  });
});

describe('the sampler halton', () => {
  test('of every power of its base of trials each cell of that many has one', () => {
    const points = cube(halton({ seed: 3 }), 3, 125);
    for (const [d, n] of [
      [0, 64],
      [1, 81],
      [2, 125],
    ] as const) {
      expect(new Set(points.slice(0, n).map(x => Math.floor(x[d]! * n + 1e-9))).size).toBe(n);
    }
  });

  test('fills a space of any number of dimensions', () => {
    for (const point of cube(halton({ seed: 1 }), 150, 20)) {
      expect(point.every(value => value >= 0 && value < 1)).toBe(true);
    }
  });
});

describe.each([
  ['sobol', (seed: number) => sobol({ seed })],
  ['halton', (seed: number) => halton({ seed })],
] as const)('the sampler %s', (_, make) => {
  test('is more even than chance: less than half its discrepancy, for every seed', () => {
    // The expected square is (2^−d − 3^−d) / n for points drawn at random.
    const chance = Math.sqrt((2 ** -3 - 3 ** -3) / 128);
    for (let seed = 0; seed < 10; seed++) expect(discrepancy(cube(make(seed), 3, 128))).toBeLessThan(chance / 2);
  });

  test('another attempt is as even and repeats no point', () => {
    const chance = Math.sqrt((2 ** -3 - 3 ** -3) / 128);
    const all = [0, 1, 2].map(attempt => cube(make(4), 3, 128, attempt));
    for (const points of all) expect(discrepancy(points)).toBeLessThan(chance / 2);
    expect(new Set(all.flat().map(String)).size).toBe(3 * 128);
  });

  test('another seed draws other points; its own goes before the one of the study', () => {
    expect(cube(make(1), 3, 8)).not.toEqual(cube(make(2), 3, 8));
  });

  test('a hyperparameter keeps its dimension, whether those before it exist or not', () => {
    const space = searchSpace({ kind: choice([{ deep: { layers: int(1, 8) } }, 'flat']), x: float(0, 1) });
    const { ask } = make(5).begin({ space, objective, seed: 0 });
    const points = Array.from({ length: 32 }, (_, trial) => ask(trial, new Map()) ?? {});
    expect(new Set(points.map(point => Math.floor((point.x as number) * 9 + 1e-9))).size).toBe(9);
    expect(points.filter(point => point.kind === 'flat')).toHaveLength(16);
  });
});
