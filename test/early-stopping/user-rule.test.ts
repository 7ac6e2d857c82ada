import { bufferCount, concatMap, delay, filter, map, of, skip, takeUntil, takeWhile, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { patience } from '../../src/early-stopping/patience.js';
import { stopAtDecision } from '../../src/early-stopping/rule.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { named } from '../../src/early-stopping/user-rule.js';
import type { Report } from '../../src/train/report.js';
import { report } from './fixtures.js';

const values: Record<string, Report> = { a: report(1, 9), b: report(2, 5), c: report(3, 5), d: report(4, 4) };
const stop = (epoch: number) => ({
  by: 'mine',
  reason: `mine ended the training after epoch ${epoch}`,
  outcome: 'complete',
  epoch,
});
const stopped = (letter: string): Report => ({
  ...values[letter]!,
  stop: stop(values[letter]!.epoch) as Report['stop'],
});

/** Asserts what a rule makes of the reports a, b, c, d, and when it lets go of their source. */
function expectRule(rule: Rule, source: string, expected: string, more: Record<string, Report>, subscription: string) {
  new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted)).run(
    ({ cold, expectObservable, expectSubscriptions }) => {
      const reports$ = cold(source, values);
      expectObservable(reports$.pipe(rule)).toBe(expected, { ...values, ...more });
      expectSubscriptions(reports$.subscriptions).toBe(subscription);
    },
  );
}

describe('a user’s operator, named', () => {
  it('says who stopped when it completes early', () => {
    const flat = named(
      'mine',
      takeWhile(each => each.metrics.valLoss! > 5, true),
    );
    expectRule(flat, 'abcd|', 'a(B|)', { B: stopped('b') }, '^!');
    const exclusive = named(
      'mine',
      takeWhile(each => each.metrics.valLoss! > 5),
    );
    expectRule(exclusive, 'abcd|', 'a(B|)', { B: stopped('b') }, '^!');
  });

  it('loses no report of an operator that holds them back', () => {
    const plateau: Rule = reports$ =>
      reports$.pipe(
        bufferCount(2, 1),
        takeWhile(w => w[0]!.metrics.valLoss! > (w[1]?.metrics.valLoss ?? 0), true),
        map(w => w.at(-1)!),
      );
    expectRule(named('mine', plateau), 'abcd|', 'ab(C|)', { C: stopped('c') }, '^-!');
    expectRule(named('mine', skip(9)), 'abcd|', 'abcd|', {}, '^---!');
    expectRule(
      named(
        'mine',
        filter(({ epoch }) => epoch % 2 === 0),
      ),
      'abcd|',
      'abcd|',
      {},
      '^---!',
    );
  });

  it('may change the reports', () => {
    const smooth = map((each: Report) => ({ ...each, metrics: { ...each.metrics, smooth: 1 } }));
    const smoothed = Object.fromEntries(
      'abcd'
        .split('')
        .map(letter => [
          letter.toUpperCase(),
          report(values[letter]!.epoch, values[letter]!.metrics.loss!, { metrics: { smooth: 1 } }),
        ]),
    );
    expectRule(named('mine', smooth), 'abcd|', 'ABCD|', smoothed, '^---!');
  });

  it('may decide between reports: the last one is emitted again, with the decision', () => {
    const limit: Rule = reports$ => reports$.pipe(takeUntil(timer(3)));
    expectRule(named('mine', limit), 'ab------c|', 'ab-(B|)', { B: stopped('b') }, '^--!');
    const slow: Rule = reports$ =>
      reports$.pipe(
        concatMap(each => of(each).pipe(delay(2))),
        takeWhile(({ epoch }) => epoch < 2, true),
      );
    expectRule(named('mine', slow), 'ab------c|', 'ab--(B|)', { B: stopped('b') }, '^---!');
  });

  it('keeps the decision that it annotates itself', () => {
    const own = { by: 'user', reason: 'enough', outcome: 'pruned', epoch: 2 } as const;
    const annotates = map((each: Report) => (each.epoch === 2 ? { ...each, stop: own } : each));
    expectRule(named('mine', annotates), 'abcd|', 'a(B|)', { B: { ...values.b!, stop: own } }, '^!');
  });

  it('completes with its source, without a decision, even when it would emit more at the end', () => {
    expectRule(named('mine', delay(5)), 'abc|', 'abc|', {}, '^--!');
  });

  it('fails the stream when it throws', () => {
    const broken: Rule = concatMap(each => (each.epoch === 2 ? throwError(() => 'error') : of(each)));
    expectRule(named('mine', broken), 'abcd|', 'a#', {}, '^!');
  });

  it('keeps a rule of ours what it is, under another name', () => {
    const renamed = named('mine', patience({ epochs: 1 }));
    expect(renamed.ruleName).toBe('mine');
    expectRule(
      renamed,
      'abcd|',
      'ab(C|)',
      { C: expect.objectContaining({ stop: expect.objectContaining({ by: 'patience' }) }) as unknown as Report },
      '^-!',
    );
  });
});

describe('stopAtDecision', () => {
  it('ends a stream at the first report that carries a decision', () => {
    const annotated = { ...values, c: stopped('c') };
    new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted)).run(
      ({ cold, expectObservable, expectSubscriptions }) => {
        const reports$ = cold('abcd|', annotated);
        expectObservable(reports$.pipe(stopAtDecision())).toBe('ab(c|)', annotated);
        expectSubscriptions(reports$.subscriptions).toBe('^-!');
      },
    );
  });
});
