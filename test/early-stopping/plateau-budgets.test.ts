import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { leastSquaresSlope, type PlateauOptions, plateau } from '../../src/early-stopping/plateau.js';
import { sampleBudget } from '../../src/early-stopping/sample-budget.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { timeBudget } from '../../src/early-stopping/time-budget.js';
import { curve, report } from './fixtures.js';

const last = async (rule: Rule, values: readonly number[]) =>
  (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;

describe('leastSquaresSlope', () => {
  it('is that of the normal equations', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 2, maxLength: 8 }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 8, maxLength: 8 }),
        (x, numbers) => {
          const y = numbers.slice(0, x.length);
          const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
          const n = x.length;
          const [sx, sy, sxx, sxy] = [
            sum(i => x[i]!),
            sum(i => y[i]!),
            sum(i => x[i]! ** 2),
            sum(i => x[i]! * y[i]!),
          ] as const;
          expect(leastSquaresSlope(x, y)).toBeCloseTo((n * sxy - sx * sy) / (n * sxx - sx ** 2), 9);
        },
      ),
    );
  });

  it('is the limit of ever larger values where some are infinite', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(leastSquaresSlope([1, 2, 3], [infinity, 2, 1])).toBe(-infinity);
    expect(leastSquaresSlope([1, 2, 3], [1, 2, infinity])).toBe(infinity);
    expect(leastSquaresSlope([1, 2, 3], [1, infinity, 2])).toBe(0.5);
    expect(leastSquaresSlope([1, 2, 3], [infinity, infinity, infinity])).toBe(0);
  });
});

describe('plateau', () => {
  it('says what the slope was', async () => {
    expect(await last(plateau({ window: 3, slope: 0.1 }), [3, 2, 1, 0.95, 0.9])).toEqual({
      by: 'plateau',
      outcome: 'complete',
      epoch: 5,
      metric: 'valLoss',
      value: 0.9,
      threshold: 0.1,
      against: 'slope over 3 reports',
      reason: 'valLoss improved by 0.05 an epoch over the last 3 epochs, not by more than 0.1',
    });
  });

  it.each<[PlateauOptions, number[], number | undefined]>([
    [{}, [5, 4, 3, 2, 1], undefined],
    [{}, [5, 5, 5, 5, 5], 5],
    [{}, [1, 2, 3, 4, 5], 5],
    [{ window: 2, warmup: 4 }, [1, 1, 1, 1, 1, 1], 5],
    [{ direction: 'maximize' }, [1, 2, 3, 4, 5], undefined],
    [{ window: 2, slope: 1 }, [5, 4], 2],
    [{ window: 2 }, [Number.POSITIVE_INFINITY, 4, 3], undefined],
    [{ window: 2 }, [4, Number.POSITIVE_INFINITY], 2],
    [{ nan: 'worst', window: 3 }, [Number.NaN, 4, 3, 2], undefined],
    [{ nan: 'worst', window: 3 }, [4, 3, Number.NaN], 3],
    [{ nan: 'worst', window: 3 }, [Number.NaN, Number.NaN, Number.NaN], 3],
    [{ nan: 'prune' }, [Number.NaN], 1],
  ])('%j brings %j to a stop at %j', async (options, values, epoch) => {
    expect((await last(plateau(options), values))?.epoch).toBe(epoch);
  });

  it('fails a trial at NaN unless told otherwise', async () => {
    expect((await last(plateau(), [Number.NaN]))?.outcome).toBe('failed');
    expect((await last(plateau({ nan: 'prune' }), [Number.NaN]))?.outcome).toBe('pruned');
  });

  it('goes by epochs, not by reports, when those are sparse', async () => {
    const sparse = from([report(1, 5), report(11, 4), report(21, 3)]).pipe(plateau({ window: 3, slope: 0.2 }));
    expect((await lastValueFrom(sparse)).stop?.epoch).toBe(21);
  });

  it('refuses a window of one', () => {
    expect(() => plateau({ window: 1 })).toThrow('plateau: expected `window` to be a whole number from 2 up, got 1');
  });
});

describe('budgets', () => {
  it('say what they allow and what was used', async () => {
    expect(await last(timeBudget({ seconds: 1.5 }), [1, 1, 1])).toEqual({
      by: 'timeBudget',
      outcome: 'complete',
      epoch: 2,
      value: 2,
      threshold: 1.5,
      against: 'time budget',
      reason: '2 s of training have used up its 1.5 s',
    });
    expect(await last(sampleBudget({ samples: 200 }), [1, 1, 1])).toMatchObject({
      by: 'sampleBudget',
      outcome: 'complete',
      epoch: 2,
      reason: '200 training rows have used up its 200',
    });
  });

  it('refuse to be none', () => {
    expect(() => timeBudget({ seconds: 0 })).toThrow('timeBudget: expected `seconds` to be a number above 0, got 0');
    expect(() => sampleBudget({ samples: Number.NaN })).toThrow(
      'sampleBudget: expected `samples` to be a number above 0, got NaN',
    );
    expect(() => timeBudget({ seconds: 1, within: 'batch' as never })).toThrow(
      'timeBudget: expected `within` to be "epoch" or left out, got "batch"',
    );
  });
});
