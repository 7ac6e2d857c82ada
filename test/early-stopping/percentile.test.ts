import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { median } from '../../src/early-stopping/median.js';
import { percentile } from '../../src/early-stopping/percentile.js';
import type { Rule, TrialView } from '../../src/early-stopping/study-view.js';
import { curve, study } from './fixtures.js';

type Direction = 'minimize' | 'maximize';
interface Past {
  readonly state: TrialView['state'];
  readonly values: number[];
}

/** numpy.nanpercentile, linear: written from its definition. */
function nanpercentile(values: readonly number[], q: number): number {
  const sorted = values.filter(value => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const virtual = (q / 100) * (sorted.length - 1);
  const weight = virtual % 1;
  const below = sorted[Math.trunc(virtual)]!;
  return weight === 0 ? below : below * (1 - weight) + sorted[Math.trunc(virtual) + 1]! * weight;
}

/** Optuna's PercentilePruner.prune, transcribed, for epochs from 1 in place of steps from 0. */
function stopsAt(
  past: readonly Past[],
  own: readonly number[],
  q: number,
  options: { startupTrials: number; warmup: number; interval: number; minTrials: number },
  direction: Direction,
) {
  const complete = past.filter(trial => trial.state === 'complete');
  for (let step = 0; step < own.length; step++) {
    if (complete.length === 0 || complete.length < options.startupTrials) continue;
    if (step < options.warmup || (step - options.warmup) % options.interval !== 0) continue;
    const sofar = own.slice(0, step + 1).filter(value => !Number.isNaN(value));
    if (sofar.length === 0) return step + 1;
    const best = direction === 'minimize' ? Math.min(...sofar) : Math.max(...sofar);
    const there = complete.filter(trial => trial.values.length > step).map(trial => trial.values[step]!);
    const numbers = there.filter(value => !Number.isNaN(value));
    if (numbers.length < options.minTrials) continue;
    const limit = nanpercentile(numbers, direction === 'minimize' ? q : 100 - q);
    if (direction === 'minimize' ? best > limit + 1e-9 : best < limit - 1e-9) return step + 1;
  }
  return undefined;
}

const last = async (rule: Rule, values: readonly number[]) =>
  (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const past = fc.array(
  fc.record({
    state: fc.constantFrom<TrialView['state']>('complete', 'complete', 'complete', 'running', 'pruned', 'failed'),
    values: fc.array(value, { maxLength: 8 }),
  }),
  { maxLength: 12 },
);

describe('percentile', () => {
  it('stops where a plain re-computation of the rule says so', () => {
    fc.assert(
      fc.asyncProperty(
        past,
        fc.array(value, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(0, 25, 50, 75, 100),
        fc.record({
          startupTrials: fc.nat(6),
          warmup: fc.nat(3),
          interval: fc.integer({ min: 1, max: 3 }),
          minTrials: fc.integer({ min: 1, max: 3 }),
        }),
        fc.constantFrom<Direction>('minimize', 'maximize'),
        async (trials, own, q, options, direction) => {
          const rule = percentile(study(trials, direction), { percentile: q, ...options });
          expect((await last(rule, own))?.epoch).toBe(stopsAt(trials, own, q, options, direction));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('sees trials that complete while the watched one runs', async () => {
    const live = study([]);
    const trials = live.trials as TrialView[];
    const rule = median(live, { startupTrials: 1 });
    const own = curve(5, 5, 5);
    const { Subject } = await import('rxjs');
    const source = new Subject<(typeof own)[number]>();
    const stops: unknown[] = [];
    source.pipe(rule).subscribe(report => stops.push(report.stop?.epoch));
    source.next(own[0]!);
    trials.push({ number: 1, state: 'complete', reports: curve(1, 1, 1) });
    source.next(own[1]!);
    expect(stops).toEqual([undefined, 2]);
  });

  it('refuses a share outside 0 to 100', () => {
    expect(() => percentile(study([]), { percentile: 101 })).toThrow(
      'percentile: expected `percentile` to be a number from 0 to 100, got 101 (number)',
    );
  });
});

describe('median', () => {
  const six = study([3, 1, 4, 1, 5, 9].map(value => ({ values: [10, value] })));

  it('says how many trials it compared with, where', async () => {
    expect(await last(median(six), [10, 5])).toEqual({
      by: 'median',
      outcome: 'pruned',
      epoch: 2,
      metric: 'valLoss',
      value: 5,
      threshold: 3.5,
      against: 'median of 6 trials at epoch 2',
      reason: 'best valLoss 5 is worse than 3.5, the median of 6 trials at epoch 2',
    });
  });

  it('judges nobody before five trials are complete', async () => {
    const four = study([1, 1, 1, 1].map(value => ({ values: [value] })));
    expect(await last(median(four), [9])).toBeUndefined();
  });

  it('is the percentile at 50', () => {
    fc.assert(
      fc.asyncProperty(past, fc.array(value, { minLength: 1, maxLength: 8 }), async (trials, own) => {
        const one = await last(median(study(trials), { startupTrials: 2 }), own);
        const other = await last(percentile(study(trials), { percentile: 50, startupTrials: 2 }), own);
        expect([one?.epoch, one?.threshold]).toEqual([other?.epoch, other?.threshold]);
      }),
    );
  });

  it('compares by another metric when told to, whose direction its name implies', async () => {
    const byLoss = median(study([{ values: [1] }], 'maximize'), { startupTrials: 1, metric: 'loss' });
    expect(await last(byLoss, [2])).toMatchObject({ metric: 'loss', threshold: 1 });
  });
});
