import fc from 'fast-check';
import { EMPTY, from, lastValueFrom, NEVER, Subject, startWith, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { after } from '../../src/early-stopping/after.js';
import { all } from '../../src/early-stopping/all.js';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { patience } from '../../src/early-stopping/patience.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { InputError } from '../../src/errors.js';
import type { Report } from '../../src/train/report.js';
import { curve, fakeModel, report } from './fixtures.js';

const run = (rule: Rule, reports: readonly Report[]) => lastValueFrom(from(reports).pipe(rule, toArray()));

describe('patience', () => {
  it('stops where a naive count of epochs since the best says so', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 12 }),
      fc.constant(Number.NaN),
      fc.constant(Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 2 }),
        fc.boolean(),
        async (values, epochs, minDelta, maximize) => {
          const signed = values.map(each => (maximize ? -each : each));
          let best = Number.NaN;
          let bestEpoch = 0;
          let expected: number | undefined;
          for (const [i, each] of values.entries()) {
            if (!Number.isNaN(each) && (Number.isNaN(best) || each < best - minDelta))
              [best, bestEpoch] = [each, i + 1];
            else if (i + 1 - bestEpoch >= epochs) {
              expected = i + 1;
              break;
            }
          }
          const direction = maximize ? 'maximize' : 'minimize';
          const seen = await run(patience({ epochs, minDelta, direction }), curve(...signed));
          expect(seen.at(-1)?.stop?.epoch).toBe(expected);
          expect(seen).toHaveLength(expected ?? values.length);
        },
      ),
    );
  });

  it('says what was compared with what, and which weights are back', async () => {
    const { reports, log } = fakeModel();
    const last = (await run(patience({ epochs: 2 }), reports(3, 0.398, 0.5, 0.41234567))).at(-1);
    expect(last?.stop).toEqual({
      by: 'patience',
      reason: 'valLoss 0.4123 did not improve on 0.398 (epoch 2) for 2 epochs',
      outcome: 'complete',
      epoch: 4,
      metric: 'valLoss',
      value: 0.41234567,
      threshold: 0.398,
      against: 'best, at epoch 2',
      restoredEpoch: 2,
    });
    expect(log).toEqual({ taken: 2, open: 0, restored: [2] });
  });

  it('restores the best weights when the training ends by itself, too', async () => {
    const { reports, log } = fakeModel();
    await run(patience({ epochs: 5 }), reports(3, 1, 2));
    expect(log).toEqual({ taken: 2, open: 0, restored: [2] });
  });

  it('restores nothing when the last epoch is the best', async () => {
    const { reports, log } = fakeModel();
    await run(patience({ epochs: 5 }), reports(3, 2, 1));
    expect(log.restored).toEqual([]);
  });

  it('takes no snapshots when it need not restore', async () => {
    const { reports, log } = fakeModel();
    const last = (await run(patience({ epochs: 1, restoreBest: false }), reports(1, 2))).at(-1);
    expect(last?.stop?.restoredEpoch).toBeUndefined();
    expect(log).toEqual({ taken: 0, open: 0, restored: [] });
  });

  it('keeps at most one snapshot, and disposes of it when it is unsubscribed from at any report', () => {
    for (let n = 1; n <= 4; n++) {
      const { reports, log } = fakeModel();
      const source = new Subject<Report>();
      const subscription = source.pipe(patience({ epochs: 3 })).subscribe();
      for (const each of reports(4, 3, 5, 2).slice(0, n)) {
        source.next(each);
        expect(log.open).toBe(1);
      }
      subscription.unsubscribe();
      expect(log.open).toBe(0);
      expect(log.restored).toEqual([]);
    }
  });

  it('disposes of its snapshot when the source fails', async () => {
    const { reports, log } = fakeModel();
    const source = new Subject<Report>();
    const done = lastValueFrom(source.pipe(patience({ epochs: 3 }))).catch(error => error);
    source.next(reports(1)[0]!);
    source.error(new Error('lost'));
    expect((await done).message).toBe('lost');
    expect(log.open).toBe(0);
  });

  it('restores within combinators only when their decision is final', async () => {
    const inAfter = fakeModel();
    const last = (await run(after(4, patience({ epochs: 1 })), inAfter.reports(1, 2, 2, 2, 2, 2))).at(-1);
    expect(last?.stop).toMatchObject({ by: 'after(4, patience)', epoch: 5, restoredEpoch: 1 });
    expect(inAfter.log).toEqual({ taken: 1, open: 0, restored: [1] });

    const inAll = fakeModel();
    const both = all(patience({ epochs: 1 }), patience({ epochs: 3, restoreBest: false }));
    expect((await run(both, inAll.reports(2, 1, 2, 2, 2))).at(-1)?.stop?.restoredEpoch).toBe(2);
    expect(inAll.log).toEqual({ taken: 2, open: 0, restored: [2] });

    const outvoted = fakeModel();
    const either = any(diverged(), patience({ epochs: 1 }));
    expect((await run(either, outvoted.reports(1, Number.NaN))).at(-1)?.stop?.by).toBe('any(diverged, patience)');
    expect(outvoted.log).toEqual({ taken: 1, open: 0, restored: [] });
  });

  it('fails a trial whose metric is never a number', async () => {
    const last = (await run(patience({ epochs: 2 }), curve(Number.NaN, Number.NaN))).at(-1);
    expect(last?.stop).toMatchObject({ outcome: 'failed', reason: 'valLoss was never a number in 2 epochs' });
  });

  it('names the metrics there are when there is none of that name', async () => {
    const first = from(curve(1)).pipe(patience({ metric: 'valLos', direction: 'minimize', epochs: 1 }));
    await expect(lastValueFrom(first)).rejects.toThrow(
      new InputError('patience: no metric "valLos" in the reports, which have loss, valLoss (did you mean "valLoss"?)'),
    );
  });

  it('wants a direction when the metric’s name does not imply one', () => {
    expect(() => patience({ metric: 'profit', epochs: 3 })).toThrow(
      'patience: expected `direction` to be "minimize" or "maximize" for the metric "profit", got none',
    );
    for (const metric of [
      'valAccuracy',
      'f1',
      'valR2',
      'rocAuc',
      'valTop5Accuracy',
      'top2Accuracy',
      'loss',
      'valRmse',
      'mae',
      'valMse',
    ]) {
      expect(() => patience({ metric, epochs: 3 })).not.toThrow();
    }
  });

  it('maximizes an accuracy without being told', async () => {
    const accuracies = [0.5, 0.6, 0.7, 0.7].map((valAccuracy, i) => report(i + 1, 1, { metrics: { valAccuracy } }));
    expect((await run(patience({ metric: 'valAccuracy', epochs: 1 }), accuracies)).at(-1)?.stop?.epoch).toBe(4);
  });

  it.each([
    [{ epochs: 0 }, 'patience: expected `epochs` to be a whole number from 1 up, got 0 (number)'],
    [{ epochs: 1.5 }, 'patience: expected `epochs` to be a whole number from 1 up, got 1.5 (number)'],
    [
      { epochs: '3' as unknown as number },
      'patience: expected `epochs` to be a whole number from 1 up, got "3" (string)',
    ],
    [{ epochs: 1, minDelta: -1 }, 'patience: expected `minDelta` to be a number from 0 up, got -1 (number)'],
    [{ epochs: 1, minDelta: Number.NaN }, 'patience: expected `minDelta` to be a number from 0 up, got NaN (number)'],
  ])('refuses %j', (options, message) => {
    expect(() => patience(options)).toThrow(new InputError(message));
  });

  it('ends with an empty source and stays open with a silent one', () => {
    const ends: string[] = [];
    EMPTY.pipe(patience({ epochs: 1 })).subscribe({ complete: () => ends.push('empty') });
    NEVER.pipe(startWith(report(1, 1)), patience({ epochs: 1 }))
      .subscribe({ complete: () => ends.push('never') })
      .unsubscribe();
    expect(ends).toEqual(['empty']);
  });
});
