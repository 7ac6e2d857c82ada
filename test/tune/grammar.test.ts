import * as fc from 'fast-check';
import { EMPTY, filter, ignoreElements, map, mergeMap, of, pipe, Subject, takeWhile, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { float } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { tune } from '../../src/tune/tune.js';
import { decideAt, only, scripted, watch } from './trainings.js';

const value = fc.oneof(
  { weight: 5, arbitrary: fc.double({ noNaN: true, min: -1e3, max: 1e3 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);

const rules: Readonly<Record<string, (epoch: number) => Rule>> = {
  none: () => pipe(),
  prunes: epoch => decideAt(epoch),
  fails: epoch => decideAt(epoch, { outcome: 'failed' }),
  completes: epoch => decideAt(epoch, { outcome: 'complete' }),
  'ends early': epoch => takeWhile(({ epoch: now }) => now < epoch, true),
  'throws in its operator': epoch =>
    map(report => {
      if (report.epoch === epoch) throw new Error('rule broke');
      return report;
    }),
  'swallows reports': () => filter(() => false),
  'swallows and ends': epoch =>
    pipe(
      takeWhile(({ epoch: now }) => now < epoch),
      ignoreElements(),
    ),
  'doubles reports': () => mergeMap(report => of(report, report)),
  'ends at once': () => () => EMPTY,
  'throws when made': () => {
    throw new Error('no rule');
  },
  'is no operator': () => undefined as never,
  'returns no stream': () => (() => undefined) as never,
};

const trial = fc.record({
  values: fc.array(value, { maxLength: 5 }),
  when: fc.array(fc.constantFrom('now', 'microtask', 'macrotask'), { maxLength: 4 }),
  end: fc.constantFrom('complete', 'complete', 'error', 'go on', 'throw'),
  rule: fc.constantFrom(...Object.keys(rules)),
  epoch: fc.integer({ min: 1, max: 5 }),
});

const study = fc.record({
  trials: fc.array(trial, { minLength: 1, maxLength: 8 }),
  parallel: fc.integer({ min: 1, max: 4 }),
  direction: fc.constantFrom('minimize', 'maximize'),
  stopAt: fc.option(fc.nat({ max: 25 })),
  unsubscribeAt: fc.option(fc.nat({ max: 25 }), { freq: 6 }),
});

/** Whether a training with this rule ends although it would go on. */
const endless = (rule: string) => ['none', 'swallows reports', 'doubles reports'].includes(rule);

describe('the events of a study', () => {
  test('are well formed whatever trials and rules do, and whenever it is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(study, async ({ trials, parallel, direction, stopAt, unsubscribeAt }) => {
        const events: StudyEvent[] = [];
        const { log, watched } = watch();
        const stop$ = new Subject<void>();
        const problems: string[] = [];
        const events$ = tune({
          space: { x: float(0, 1) },
          objective: (_, { trial: number }) => {
            const { values, when, end, rule } = trials[number]!;
            if (end === 'throw') throw new Error('objective broke');
            return watched(number, scripted(values, when, end === 'go on' && endless(rule) ? 'complete' : end));
          },
          [direction]: 'valLoss',
          trials: trials.length,
          parallel,
          stop$,
          earlyStopping: ({ trial: number }) => rules[trials[number]!.rule]!(trials[number]!.epoch),
        });
        await new Promise<void>((resolve, reject) => {
          const subscription = events$
            .pipe(
              tap(event => {
                if (event.type === 'trial-finished' && log.open.has(event.trial)) problems.push(`${event.trial} open`);
              }),
            )
            .subscribe({
              next: event => {
                events.push(event);
                if (event.seq === stopAt) stop$.next();
                if (event.seq !== unsubscribeAt) return;
                // The subscription is not there yet when everything happens at once.
                queueMicrotask(() => {
                  subscription.unsubscribe();
                  resolve();
                });
              },
              error: reject,
              complete: resolve,
            });
        });

        expect(problems).toEqual([]);
        expect([...log.open]).toEqual([]);
        expect(log.most).toBeLessThanOrEqual(parallel);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
        expect(events[0]?.type).toBe('study-started');
        const finish = events.at(-1)!;
        if (finish.type !== 'study-finished') {
          expect(unsubscribeAt).not.toBeNull();
          return;
        }
        expect(only(events, 'study-started').length + only(events, 'study-finished').length).toBe(2);

        const started = only(events, 'trial-started').map(event => event.trial);
        expect(started).toEqual(started.map((_, i) => i));
        let running = 0;
        for (const event of events) {
          if (event.type === 'trial-started') running++;
          if (event.type === 'trial-finished') running--;
          expect(running).toBeLessThanOrEqual(parallel);
        }
        for (const number of started) {
          const own = events.filter(event => 'trial' in event && event.trial === number);
          const reports = own.slice(1, -1);
          expect(own[0]?.type).toBe('trial-started');
          expect(reports.every(({ type }) => type === 'trial-reported')).toBe(true);
          const [finished] = only(own, 'trial-finished');
          expect(own.at(-1)).toBe(finished);
          expect(finished?.epochs).toBe(reports.length);
          expect(finished?.state).toBe(finished?.stop.outcome);
          expect(finished?.stop.reason).toMatch(/\S/);
          const numbers = only(own, 'trial-reported')
            .map(({ report }) => report.metrics.valLoss!)
            .filter(Number.isFinite);
          const best = direction === 'minimize' ? Math.min(...numbers) : Math.max(...numbers);
          expect(finished?.value).toBe(numbers.length === 0 ? undefined : best);
          if (finished?.value === undefined) expect(finished?.state).not.toBe('complete');
          else expect(only(own, 'trial-reported')[finished.bestEpoch! - 1]?.report.metrics.valLoss).toBe(best);
        }

        if (finish.reason === 'trials') expect(started.length).toBe(trials.length);
        else expect(finish.reason).toBe('interrupted');
        const finished = only(events, 'trial-finished');
        const count = (state: string) => finished.filter(event => event.state === state).length;
        expect(finish.counts).toEqual({
          waiting: 0,
          running: 0,
          paused: 0,
          complete: count('complete'),
          pruned: count('pruned'),
          failed: count('failed'),
        });
        const complete = finished.filter(({ state }) => state === 'complete').map(event => event.value!);
        expect(finish.best?.value).toBe(
          complete.length === 0 ? undefined : direction === 'minimize' ? Math.min(...complete) : Math.max(...complete),
        );
        const state = events.reduce(foldEvent, emptyStudy);
        expect(state).toMatchObject({ counts: finish.counts, samples: finish.samples, running: [] });
        expect(state.best).toEqual(finish.best);
      }),
      { numRuns: 400, timeout: 5000 },
    );
  });
});
