import { lastValueFrom, Observable, pipe, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { diverged } from '../../src/early-stopping/diverged.js';
import { median } from '../../src/early-stopping/median.js';
import { patience } from '../../src/early-stopping/patience.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { random } from '../../src/random.js';
import type { Report, ReportModel } from '../../src/train/report.js';
import { choice, float } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { type TuneOptions, tune } from '../../src/tune/tune.js';
import { report } from './trainings.js';

const space = { rate: float(0, 1), kind: choice(['a', 'b']) };

const modelOfNothing: ReportModel = {
  snapshot: () => ({ dispose() {} }),
  restore() {},
  read: async () => ({}),
  hold: () => () => {},
};

/** A curve that depends on its hyperparameters only, at its own pace; it starts after `from` epochs. */
function curve({ rate, kind }: { rate: number; kind: string }, from = 0): Observable<Report> {
  return new Observable(subscriber => {
    let epoch = from;
    const pace = random(Math.round(rate * 1e6), 'pace');
    const step = () => {
      if (subscriber.closed) return;
      epoch++;
      const floor = Math.abs(rate - 0.3) + (kind === 'a' ? 0 : 0.2);
      const noise = random(Math.round(rate * 1e6), 'noise', epoch).uniform() * 0.1;
      const broken = rate > 0.95 && epoch > 2;
      subscriber.next(report(epoch, broken ? Number.NaN : floor + 1 / epoch + noise, { model: modelOfNothing }));
      if (epoch === 9) subscriber.complete();
      else if (pace.uniform() < 0.5) setImmediate(step);
      else queueMicrotask(step);
    };
    step();
  });
}

const options = {
  space,
  objective: hparams => curve(hparams),
  minimize: 'valLoss',
  trials: 14,
  seed: 4,
  enqueue: [{ rate: 0.31 }, { rate: 0.5, kind: 'b' }],
  earlyStopping: ({ study }) =>
    pipe(
      diverged(),
      patience({ metric: 'valLoss', epochs: 2, minDelta: 0.01 }),
      median(study, { startupTrials: 3, warmup: 2 }),
      successiveHalving(study, { minResource: 6, reductionFactor: 2 }),
    ),
} satisfies TuneOptions<typeof space>;

const run = (more: Partial<TuneOptions<typeof space>> = {}) =>
  lastValueFrom(tune<typeof space>({ ...options, ...more }).pipe(toArray()));

/** What must not depend on when a study was interrupted. */
function results(events: readonly StudyEvent[]) {
  const { trials, best, counts } = events.reduce(foldEvent, emptyStudy);
  const records = [...trials.values()].map(({ number, hparams, state, value, bestEpoch, reports, stop, origin }) => {
    return { number, hparams, state, value, bestEpoch, reports, stop, origin };
  });
  return { records, best, counts };
}

function consistent(events: readonly StudyEvent[]): StudyState {
  events.forEach((event, index) => {
    expect(event.seq).toBe(index);
  });
  const state = events.reduce(foldEvent, emptyStudy);
  for (const { reports } of state.trials.values()) {
    expect(reports.map(({ epoch }) => epoch)).toEqual(reports.map((_, index) => index + 1));
  }
  return state;
}

describe('a study that goes on from its history', () => {
  test('ends with the same trials, hyperparameters, values and decisions wherever it was cut', async () => {
    const whole = await run();
    const expected = results(whole);
    expect(new Set(expected.records.map(({ stop }) => stop?.by)).size).toBeGreaterThan(2);
    for (let cut = 1; cut < whole.length; cut++) {
      const resumed = await run({ history: whole.slice(0, cut) });
      expect(resumed.slice(0, cut)).toEqual(whole.slice(0, cut));
      consistent(resumed);
      expect(results(resumed), `cut after ${cut} events`).toEqual(expected);
    }
  });

  test('is the same when it is cut again and again', async () => {
    const whole = await run();
    let history = whole.slice(0, 5);
    for (let round = 0; round < 6; round++) history = (await run({ history })).slice(0, history.length + 9);
    expect(results(await run({ history }))).toEqual(results(whole));
  });

  test('is the same for trials that go on from a checkpoint, which tells less again', async () => {
    const whole = await run();
    for (let cut = 2; cut < whole.length; cut += 3) {
      const resumed = await run({
        history: whole.slice(0, cut),
        checkpoint: { folder: 'nowhere', seconds: 1 },
        objective: (hparams, { checkpoint }) => curve(hparams, Math.max(0, (checkpoint?.upTo ?? 0) - 1)),
      });
      expect(results(resumed)).toEqual(results(whole));
    }
  });

  test('has nothing to add to a study that is finished, unless there are to be more trials', async () => {
    const whole = await run();
    expect(await run({ history: whole })).toEqual(whole);
    const more = await run({ history: whole, trials: 17 });
    expect(more.slice(0, whole.length)).toEqual(whole);
    expect(results(more)).toEqual(results(await run({ trials: 17 })));
    expect(consistent(more).counts.running).toBe(0);
  });

  test('goes on with what was running when it was interrupted, if trials survive that', async () => {
    const stop = new AbortController();
    const cut: StudyEvent[] = [];
    await new Promise<void>(resolve => {
      tune<typeof space>({ ...options, survives: true, signal: stop.signal }).subscribe({
        next: event => {
          cut.push(event);
          if (cut.length === 20) stop.abort();
        },
        complete: resolve,
      });
    });
    const finished = cut.at(-1);
    expect(finished).toMatchObject({
      type: 'study-finished',
      reason: 'interrupted',
      counts: { running: 0, waiting: 1 },
    });
    expect(cut.filter(({ type }) => type === 'trial-paused')).toEqual([]);
    expect(results(await run({ history: cut }))).toEqual(results(await run()));
  });

  test('with several at a time every trial has its own numbers again', async () => {
    const whole = await run({ parallel: 3, earlyStopping: () => patience({ metric: 'valLoss', epochs: 3 }) });
    for (let cut = 1; cut < whole.length; cut += 5) {
      const resumed = await run({
        history: whole.slice(0, cut),
        parallel: 3,
        earlyStopping: () => patience({ metric: 'valLoss', epochs: 3 }),
      });
      consistent(resumed);
      expect(results(resumed)).toEqual(results(whole));
    }
  });

  test('refuses the history of another study in a sentence', () => {
    const history = [{ seq: 0, time: 0, type: 'study-started', study: { space: [] } }] as never;
    expect(() => tune<typeof space>({ ...options, history })).toThrow(
      'tune: the history is of another study: its space differs',
    );
  });
});

describe('a study whose decisions do not depend on timing', () => {
  const turns = { ...options, deterministic: true, enqueue: [] };
  const timeless = (events: readonly StudyEvent[]) =>
    events.map(({ time: _, ...event }) => {
      if (event.type === 'study-started') return { ...event, study: { ...event.study, parallel: 0 } };
      return 'seconds' in event ? { ...event, seconds: 0 } : event;
    });
  const withSlots = (parallel: number, more: Partial<TuneOptions<typeof space>> = {}) =>
    run({ ...turns, parallel, ...more });

  test('is the same, event by event, however many trials compute at a time', async () => {
    const one = timeless(await withSlots(1));
    expect(results(one as never).counts.pruned).toBeGreaterThan(0);
    for (const parallel of [2, 3, 4]) expect(timeless(await withSlots(parallel))).toEqual(one);
  });

  test('has no more trials computing than it may', async () => {
    for (const parallel of [1, 2]) {
      let computing = 0;
      let most = 0;
      const held = (epochs: number) =>
        new Observable<Report>(subscriber => {
          let epoch = 0;
          const step = () => {
            if (subscriber.closed) return;
            computing++;
            most = Math.max(most, computing);
            setImmediate(() => {
              computing--;
              let released = true;
              let waits = false;
              const model = {
                hold: () => {
                  released = false;
                  return () => {
                    released = true;
                    if (waits) step();
                  };
                },
                snapshot: () => ({ dispose() {} }),
                restore() {},
                read: async () => ({}),
              };
              subscriber.next({ ...report(++epoch, 1), model });
              if (epoch === epochs) return subscriber.complete();
              waits = !released;
              if (released) step();
            });
          };
          step();
        });
      await run({
        ...turns,
        parallel,
        earlyStopping: undefined,
        objective: ({ rate }) => held(2 + Math.floor(rate * 5)),
      });
      expect(most).toBe(parallel);
    }
  });

  test('is the same when it goes on from a cut', async () => {
    const whole = await withSlots(2);
    for (let cut = 1; cut < whole.length; cut += 2) {
      const resumed = await withSlots(2, { history: whole.slice(0, cut) });
      consistent(resumed);
      expect(results(resumed), `cut after ${cut} events`).toEqual(results(whole));
    }
  });
});
