import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { diverged } from '../../src/early-stopping/diverged.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { threshold } from '../../src/early-stopping/threshold.js';
import { curve, report } from './fixtures.js';

const last = async (rule: Rule, ...values: number[]) => (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;

describe('threshold', () => {
  it.each([
    [
      { metric: 'valLoss', above: 2 },
      [1, 2, 2.5],
      { epoch: 3, threshold: 2, outcome: 'pruned', reason: 'valLoss 2.5 is above 2' },
    ],
    [
      { metric: 'valLoss', below: 2 },
      [3, 2, 1.5],
      { epoch: 3, threshold: 2, outcome: 'complete', reason: 'valLoss 1.5 is below 2' },
    ],
    [{ metric: 'valLoss', above: 2, outcome: 'failed' }, [3], { epoch: 1, outcome: 'failed' }],
    [{ metric: 'valLoss', above: 2, below: 1 }, [0.5], { epoch: 1, threshold: 1 }],
    [{ metric: 'valLoss', above: 2, warmup: 2 }, [9, 9, 9], { epoch: 3 }],
    [{ metric: 'valLoss', above: 2 }, [Number.POSITIVE_INFINITY], { epoch: 1, outcome: 'pruned' }],
    [{ metric: 'valLoss', above: 2 }, [Number.NaN], { epoch: 1, outcome: 'failed', reason: 'valLoss is not a number' }],
  ] as const)('%j stops %j with %j', async (options, values, stop) => {
    expect(await last(threshold(options), ...values)).toMatchObject(stop);
  });

  it('counts a goal reached as complete, on the better side of the metric', async () => {
    const accurate = from([report(1, 1, { metrics: { valAccuracy: 0.99 } })]);
    const stop = (options: Parameters<typeof threshold>[0]) => lastValueFrom(accurate.pipe(threshold(options)));
    expect((await stop({ metric: 'valAccuracy', above: 0.98 })).stop?.outcome).toBe('complete');
    expect((await stop({ metric: 'valAccuracy', below: 0.995 })).stop?.outcome).toBe('pruned');
  });

  it('refuses to watch nothing', () => {
    expect(() => threshold({ metric: 'loss' })).toThrow('threshold: expected `above` or `below`, got neither');
    expect(() => threshold({ metric: 'loss', above: Number.NaN })).toThrow('expected `above` to be a number, got NaN');
  });
});

describe('diverged', () => {
  it.each([
    [[1, Number.NaN], { epoch: 2, outcome: 'failed', reason: 'loss is not a number' }],
    [[1, Number.NEGATIVE_INFINITY], { epoch: 2, outcome: 'failed', reason: 'loss is infinite' }],
    [[2, 1, 201], { epoch: 3, threshold: 200, reason: 'loss 201 is more than 100 times its first value, 2' }],
  ])('stops %j with %j', async (values, stop) => {
    expect(await last(diverged(), ...values)).toMatchObject(stop);
  });

  it.each([[[2, 1, 200]], [[0, 500]], [[-1, 500]]])(
    'lets %j pass: growth counts from a positive first value',
    async values => {
      expect(await last(diverged(), ...values)).toBeUndefined();
    },
  );

  it('does not mind that an accuracy grows', async () => {
    const grown = [0.001, 0.9].map((accuracy, i) => report(i + 1, 1, { metrics: { accuracy } }));
    expect((await lastValueFrom(from(grown).pipe(diverged({ metric: 'accuracy' })))).stop).toBeUndefined();
  });

  it('takes a tighter limit', async () => {
    expect(await last(diverged({ growth: 2 }), 1, 2, 2.1)).toMatchObject({ epoch: 3, threshold: 2 });
    expect(() => diverged({ growth: 0.5 })).toThrow(
      'diverged: expected `growth` to be a number from 1 up, got 0.5 (number)',
    );
  });
});
