import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { diverged } from '../../src/early-stopping/diverged.js';
import { median } from '../../src/early-stopping/median.js';
import type { NanPolicy } from '../../src/early-stopping/nan.js';
import { patience } from '../../src/early-stopping/patience.js';
import { percentile } from '../../src/early-stopping/percentile.js';
import type { AnnotatingRule } from '../../src/early-stopping/rule.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { threshold } from '../../src/early-stopping/threshold.js';
import { curve, fakeModel, study } from './fixtures.js';

const nan = Number.NaN;
const last = async (rule: AnnotatingRule, ...values: number[]) =>
  (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;
const five = (value: number) => study(Array.from({ length: 5 }, () => ({ values: [value, value] })));

/** Every rule that compares, with its policy, and its default. */
const rules: readonly [string, NanPolicy, (policy?: NanPolicy) => AnnotatingRule][] = [
  ['diverged', 'fail', policy => diverged({ nan: policy })],
  ['threshold', 'fail', policy => threshold({ metric: 'valLoss', above: 9, nan: policy })],
  ['patience', 'worst', policy => patience({ epochs: 3, nan: policy })],
  ['median', 'prune', policy => median(five(1), { nan: policy })],
  ['percentile', 'prune', policy => percentile(five(1), { percentile: 25, nan: policy })],
  ['successiveHalving', 'prune', policy => successiveHalving(five(1), { nan: policy })],
];

describe('the option nan', () => {
  it.each(rules)('of %s is %s unless stated', async (_, usual, make) => {
    expect(await last(make(), nan, nan, nan)).toEqual(await last(make(usual), nan, nan, nan));
  });

  it.each(rules)('of %s: fail fails the trial and prune prunes it, at once', async (_name, _usual, make) => {
    expect(await last(make('fail'), nan, 1)).toMatchObject({ outcome: 'failed', epoch: 1 });
    expect(await last(make('prune'), nan, 1)).toMatchObject({ outcome: 'pruned', epoch: 1 });
  });

  it.each(rules)('of %s refuses another policy', (name, _, make) => {
    expect(() => make('skip' as NanPolicy)).toThrow(
      `${name}: expected \`nan\` to be "fail", "prune" or "worst", got "skip"`,
    );
  });

  it('worst: crosses the bound on the bad side of a threshold, not that on the good one', async () => {
    const stop = (options: Parameters<typeof threshold>[0]) => last(threshold({ ...options, nan: 'worst' }), nan);
    expect(await stop({ metric: 'valLoss', above: 9 })).toMatchObject({ outcome: 'pruned', threshold: 9 });
    expect(await stop({ metric: 'valLoss', below: 9 })).toBeUndefined();
    expect(await stop({ metric: 'valLoss', below: 9, direction: 'maximize' })).toMatchObject({ outcome: 'pruned' });
    expect(() => threshold({ metric: 'mine', above: 9, nan: 'worst' })).toThrow(
      'threshold: expected `direction` to be "minimize" or "maximize" for the metric "mine", got none',
    );
  });

  it('worst: NaN is as good as NaN, and worse than any number', async () => {
    for (const make of [
      (value: number) => median(five(value), { nan: 'worst' }),
      (value: number) => percentile(five(value), { percentile: 0, nan: 'worst' }),
      (value: number) => successiveHalving(five(value), { nan: 'worst', reductionFactor: 2 }),
    ]) {
      expect(await last(make(nan), nan)).toBeUndefined();
      expect(await last(make(nan), 5)).toBeUndefined();
      expect(await last(make(9), nan)).toMatchObject({ outcome: 'pruned', threshold: 9 });
    }
  });

  it('worst: NaN of the others counts, which is left out otherwise', async () => {
    const view = study([[1], [2], [nan], [nan], [nan]].map(values => ({ values })));
    expect(await last(median(view), 1.7)).toMatchObject({ threshold: 1.5, against: 'median of 2 trials at epoch 1' });
    expect(await last(median(view, { nan: 'worst' }), 1.7)).toBeUndefined();
    expect(await last(successiveHalving(view), 1.7)).toMatchObject({ against: 'best of 3 at the rung of epoch 1' });
    expect(await last(successiveHalving(view, { nan: 'worst', reductionFactor: 3 }), 1.7)).toBeUndefined();
  });

  it('worst, of a metric that is maximized, is below all', async () => {
    const view = study(
      [[1], [2], [nan]].map(values => ({ values })),
      'maximize',
    );
    expect(await last(median(view, { startupTrials: 1, nan: 'worst' }), 0.5)).toMatchObject({ threshold: 1 });
    expect(await last(median(view, { startupTrials: 1, nan: 'worst' }), nan)).toMatchObject({ threshold: 1 });
  });

  it('of patience puts the best weights back at NaN too', async () => {
    const { log, reports } = fakeModel();
    const stopped = await lastValueFrom(from(reports(3, 2, nan)).pipe(patience({ epochs: 5, nan: 'fail' })));
    expect(stopped.stop).toMatchObject({ outcome: 'failed', epoch: 3, restoredEpoch: 2 });
    expect(log).toMatchObject({ restored: [2], open: 0 });
  });
});

describe('the option direction of diverged', () => {
  it('lets a metric grow that is maximized, whatever its name', async () => {
    expect(await last(diverged({ metric: 'valLoss', direction: 'maximize' }), 1, 1e9)).toBeUndefined();
  });
});
