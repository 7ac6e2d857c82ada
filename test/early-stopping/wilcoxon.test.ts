import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { signedRank } from '../../src/early-stopping/signed-rank.js';
import type { Rule, StudyView, TrialView } from '../../src/early-stopping/study-view.js';
import { type WilcoxonOptions, wilcoxon } from '../../src/early-stopping/wilcoxon.js';
import type { Report } from '../../src/train/report.js';
import { curve, report, study } from './fixtures.js';

interface Case {
  readonly differences: readonly number[];
  readonly method: 'exact' | 'permutation' | 'asymptotic';
  readonly p: number;
}

const { cases } = JSON.parse(readFileSync(new URL('../reference/wilcoxon.json', import.meta.url), 'utf8')) as {
  cases: readonly Case[];
};

/** All 2^n ways to give the differences signs, one by one. */
function byEnumeration(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const rank = (size: number) => {
    const below = sizes.filter(each => each < size).length;
    return below + (sizes.filter(each => each === size).length + 1) / 2;
  };
  const ranks = differences.filter(each => each !== 0).map(each => rank(Math.abs(each)));
  const observed = differences.filter(each => each > 0).reduce((sum, each) => sum + rank(each), 0);
  let found = 0;
  for (let signs = 0; signs < 2 ** ranks.length; signs++) {
    const sum = ranks.reduce((total, each, i) => total + ((signs >> i) & 1) * each, 0);
    if (sum >= observed) found++;
  }
  return found / 2 ** ranks.length;
}

describe('signedRank', () => {
  it.each(['exact', 'permutation', 'asymptotic'] as const)('agrees with SciPy where its method is %s', method => {
    const some = cases.filter(each => each.method === method);
    expect(some.length).toBeGreaterThan(9);
    const tolerance = method === 'asymptotic' ? 2e-7 : 1e-12;
    for (const { differences, p } of some) {
      expect(Math.abs(signedRank(differences) / p - 1), `${differences.length} pairs`).toBeLessThan(tolerance);
    }
  });

  it('is the share of all ways to give the differences signs, also with ties, zeros and infinities', () => {
    const difference = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -3, max: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
    );
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 9 }), differences => {
        expect(signedRank(differences)).toBeCloseTo(byEnumeration(differences), 12);
      }),
    );
  });

  it('takes NaN, the difference of two infinities, for no difference', () => {
    expect(signedRank([Number.NaN, 1, 2])).toBe(signedRank([0, 1, 2]));
    expect(signedRank([0, Number.NaN])).toBe(1);
  });
});

/** Reports of one fold after another: each has the folds so far, and their mean. */
function folded(...values: readonly number[]): Report[] {
  return values.map((_, fold) => {
    const soFar = values.slice(0, fold + 1);
    const mean = soFar.reduce((sum, each) => sum + each, 0) / soFar.length;
    return report(10, mean, { fold, folds: soFar.map(valLoss => ({ valLoss })) });
  });
}

function among(trials: readonly Report[][], direction: 'minimize' | 'maximize' = 'minimize'): StudyView {
  const views = trials.map((reports, number): TrialView => ({ number, state: 'complete', reports }));
  return { ...study([], direction), trials: [...views, { number: 99, state: 'running', reports: [] }] };
}

const last = async (rule: Rule, reports: readonly Report[]) => (await lastValueFrom(from(reports).pipe(rule))).stop;

describe('wilcoxon', () => {
  const best = folded(0.1, 0.2, 0.3, 0.4, 0.5);

  it('stops between folds, with its reason', async () => {
    const view = among([folded(9, 9, 9, 9, 9), best]);
    expect(await last(wilcoxon(view), folded(0.2, 0.3, 0.4, 0.5, 0.6))).toEqual({
      by: 'wilcoxon',
      outcome: 'pruned',
      epoch: 10,
      metric: 'valLoss',
      value: expect.closeTo(0.35, 12),
      threshold: 0.25,
      against: 'trial 1 over 4 folds',
      reason: 'valLoss 0.35 is worse than 0.25 of the best trial, 1, over 4 folds (p = 0.0625)',
    });
  });

  it.each<[string, WilcoxonOptions, number[], number | undefined]>([
    ['needs a p-value below `p`', { p: 0.0625 }, [1, 1, 1, 1, 1], 5],
    ['stops sooner when it need be less sure', { p: 0.3 }, [1, 1, 1, 1, 1], 2],
    ['waits for so many folds', { p: 0.3, startupSteps: 4 }, [1, 1, 1, 1, 1], 4],
    ['lets a trial pass whose mean is better', {}, [0.11, 0.21, 0.31, 0, 0.9], undefined],
    ['lets one pass that is worse in some', {}, [0, 1, 0, 1, 0.5], undefined],
    ['prunes at NaN', {}, [Number.NaN], 1],
    ['counts NaN as the worst when told to', { nan: 'worst' }, [1, 1, 1, Number.NaN], 4],
  ])('%s', async (_, options, values, folds) => {
    const stop = await last(wilcoxon(among([best]), options), folded(...values));
    expect(stop && Number(/over (\d)/.exec(stop.against ?? 'over 1')?.[1])).toBe(folds);
  });

  it('fails a trial at NaN when told to', async () => {
    expect(await last(wilcoxon(among([best]), { nan: 'fail' }), folded(Number.NaN))).toMatchObject({
      outcome: 'failed',
      reason: 'valLoss is not a number',
    });
  });

  it('compares folds that run side by side at the same epoch', async () => {
    const joint = (epoch: number, ...values: number[]) =>
      report(epoch, values.reduce((sum, each) => sum + each, 0) / values.length, {
        folds: values.map(valLoss => ({ valLoss })),
      });
    const view = among([[joint(1, 5, 5, 5, 5), joint(2, 1, 1, 1, 1)]]);
    expect(await last(wilcoxon(view), [joint(1, 4, 4, 4, 4), joint(2, 2, 2, 2, 2)])).toMatchObject({ epoch: 2 });
    expect(await last(wilcoxon(view), [joint(1, 4, 4, 4, 4)])).toBeUndefined();
  });

  it('compares other reports by epoch, and knows that more may be better', async () => {
    const view = among([curve(5, 6, 7, 8, 9)], 'maximize');
    const rule = wilcoxon(view, { metric: 'valLoss' });
    expect(await last(rule, curve(4, 5, 6, 7))).toMatchObject({ epoch: 4, against: 'trial 0 over 4 epochs' });
    expect(await last(rule, curve(6, 7, 8, 9, 10))).toBeUndefined();
  });

  it('judges nobody before a trial is complete, and not the best by itself', async () => {
    expect(
      await last(wilcoxon(study([{ state: 'running', values: [1, 1, 1, 1] }])), curve(9, 9, 9, 9)),
    ).toBeUndefined();
  });

  it('refuses odd options', () => {
    expect(() => wilcoxon(study([]), { p: 2 })).toThrow('wilcoxon: expected `p` to be a number from 0 to 1, got 2');
    expect(() => wilcoxon(study([]), { startupSteps: 0 })).toThrow(
      'expected `startupSteps` to be a whole number from 1',
    );
    expect(() => wilcoxon(study([]), { nan: 'skip' as never })).toThrow(
      'wilcoxon: expected `nan` to be "fail", "prune" or "worst", got "skip"',
    );
  });
});
