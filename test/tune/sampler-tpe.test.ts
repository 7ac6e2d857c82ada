import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { choice, float, int } from '../../src/tune/distributions.js';
import { type Column, column } from '../../src/tune/samplers/tpe/column.js';
import { type Dimension, dimensionOf } from '../../src/tune/samplers/tpe/dimension.js';
import { membersOf, noMembers } from '../../src/tune/samplers/tpe/members.js';
import { mixture } from '../../src/tune/samplers/tpe/mixture.js';
import { defaultGamma } from '../../src/tune/samplers/tpe/split.js';
import { recencyWeights } from '../../src/tune/samplers/tpe/weights.js';
import { widthOf } from '../../src/tune/samplers/tpe/widths.js';
import { searchSpace } from '../../src/tune/space.js';

interface Golden {
  readonly gamma: Readonly<Record<string, number>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly {
    readonly name: string;
    readonly space: Readonly<Record<string, GoldenDistribution>>;
    readonly observations: Readonly<Record<string, readonly number[]>>;
    readonly weights: readonly number[];
    readonly kernels: readonly { mu?: number[]; sigma?: number[]; weights?: number[][] }[];
    readonly points: Readonly<Record<string, readonly number[]>>;
    readonly logPdf: readonly number[];
  }[];
}

interface GoldenDistribution {
  readonly float?: readonly [number, number];
  readonly int?: readonly [number, number];
  readonly choice?: readonly string[];
  readonly log?: boolean;
  readonly step?: number;
}

const golden = JSON.parse(readFileSync(new URL('../reference/tpe_golden.json', import.meta.url), 'utf8')) as Golden;

function distribution({ float: real, int: whole, choice: options, log, step }: GoldenDistribution) {
  if (options) return choice(options);
  return real ? float(...real, { log, step }) : int(...(whole as [number, number]), { log, step });
}

describe('TPE computes what Optuna 5 computes, to 1e-9', () => {
  test('how many trials are good', () => {
    for (const [n, expected] of Object.entries(golden.gamma)) expect(defaultGamma(Number(n))).toBe(expected);
  });

  test('the weights of observations by their age', () => {
    for (const [n, expected] of Object.entries(golden.weights)) {
      const weights = [...recencyWeights(Number(n))];
      expect(weights).toHaveLength(expected.length);
      for (const [i, weight] of weights.entries()) expect(Math.abs(weight - expected[i]!)).toBeLessThan(1e-12);
    }
  });

  for (const { name, space, observations, weights, kernels, points, logPdf } of golden.cases) {
    const n = Object.values(observations)[0]!.length;
    test(`kernels and log densities of ${n} observations in the space ${name}`, () => {
      const { hyperparameters } = searchSpace(
        Object.fromEntries(Object.entries(space).map(([key, value]) => [key, distribution(value)])),
      );
      const dimensions = hyperparameters.map(dimensionOf);
      // Optuna's log_pdf takes options by their index, and so it was recorded.
      const placeOf = (d: number, value: number) =>
        dimensions[d]!.kind === 'options' ? value : dimensions[d]!.place(value);
      const columns = dimensions.map((dimension, d) => {
        const filled = column();
        for (const value of observations[dimension.name]!) filled.push(placeOf(d, value));
        return dimension.kind === 'options' ? filled : withTiesOf(kernels[d]!.sigma!, dimension, filled);
      });
      const density = mixture(dimensions, columns, 1);
      density.observe(1, new Uint8Array(n).fill(1), recencyWeights);
      near([...density.shares.subarray(0, n), density.priorShare], weights);
      for (const [d, some] of density.kernels.entries()) {
        const described = [...Array(n).keys(), -1].map(row => some.describe(row));
        const numbers = (key: string) =>
          described.flatMap(kernel => (kernel as Record<string, number | number[]>)[key]!);
        for (const [key, values] of Object.entries(kernels[d]!)) {
          if (['mu', 'sigma', 'weights'].includes(key)) near(numbers(key), (values as number[]).flat());
        }
      }
      const densities = logPdf.map((_, i) =>
        density.logDensity(dimensions.map((dimension, d) => dimension.point(placeOf(d, points[dimension.name]![i]!)))),
      );
      near(densities, logPdf);
    });
  }
});

/**
 * The same observations, equal ones in the order that the record shows: it is that of an unstable sort, which decides which of them
 * have the gaps to the neighbours, so it follows from nothing but the machine on which it was recorded.
 */
function withTiesOf(sigma: readonly number[], dimension: Dimension, from: Column): Column {
  const { places, order, size } = from;
  const everybody = membersOf(1, new Uint8Array(size).fill(1), size, noMembers);
  const left = new Set(order.subarray(0, size));
  const reordered = [...left].map(row => {
    const ours = widthOf(dimension, from, everybody, row);
    const equals = [...left].filter(other => places[other] === places[row]);
    const found = equals.sort((a, b) => Math.abs(sigma[a]! - ours) - Math.abs(sigma[b]! - ours))[0]!;
    left.delete(found);
    return found;
  });
  return { ...from, places, size, order: Uint32Array.from(reordered), position: row => reordered.indexOf(row) };
}

function near(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Math.max(
    ...actual.map((value, i) => Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!))),
  );
  expect(worst).toBeLessThan(1e-9);
}
