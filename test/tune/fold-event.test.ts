import { readFileSync } from 'node:fs';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { float } from '../../src/tune/distributions.js';
import type { StudyEvent, UnstampedEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { tune } from '../../src/tune/tune.js';
import { report, scripted } from './trainings.js';

const study = {
  name: 's',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space: [],
  sampler: 'random',
  rules: [],
  parallel: 2,
} as const;
const started: UnstampedEvent = { type: 'study-started', study };
const start = (trial: number): UnstampedEvent => ({ type: 'trial-started', trial, hparams: { x: trial } });
const tell = (trial: number, epoch: number, value: number): UnstampedEvent => ({
  type: 'trial-reported',
  trial,
  report: report(epoch, value),
});
const finish = (
  trial: number,
  value: number | undefined,
  state: 'complete' | 'pruned' | 'failed' = 'complete',
): UnstampedEvent => ({
  type: 'trial-finished',
  trial,
  state,
  value,
  bestEpoch: 1,
  epochs: 1,
  seconds: 1,
  stop: { by: 'epochs', reason: 'ran to its end', outcome: state, epoch: 1 },
});
const stamped = (events: readonly UnstampedEvent[], from = 0) =>
  events.map((event, i) => ({ seq: from + i, time: 1000 + from + i, ...event }) as StudyEvent);
const fold = (...events: readonly UnstampedEvent[]): StudyState => stamped(events).reduce(foldEvent, emptyStudy);

describe('the fold over the events of a study', () => {
  test('keeps each trial with its reports, state, value and times', () => {
    const state = fold(started, start(0), start(1), tell(0, 1, 3), tell(1, 1, 9), tell(0, 2, 2), finish(0, 2));
    expect(state.trials.get(0)).toEqual({
      number: 0,
      state: 'complete',
      metrics: { loss: 2, valLoss: 2 },
      hparams: { x: 0 },
      reports: [report(1, 3), report(2, 2)],
      value: 2,
      bestEpoch: 1,
      epochs: 2,
      samples: 200,
      seconds: 2,
      stop: { by: 'epochs', reason: 'ran to its end', outcome: 'complete', epoch: 1 },
      startedAt: 1001,
      finishedAt: 1006,
    });
    expect(state.trials.get(1)).toMatchObject({ state: 'running', value: 9, bestEpoch: 1 });
    expect(state).toMatchObject({
      study,
      running: [1],
      counts: { running: 1, complete: 1, pruned: 0, failed: 0, waiting: 0, paused: 0 },
      epochs: 3,
      samples: 300,
      startedAt: 1000,
      lastSeq: 6,
      best: { trial: 0, value: 2, hparams: { x: 0 } },
    });
  });

  test('a running trial has its best value so far; NaN and null, which NaN becomes in JSON, are none', () => {
    const state = fold(started, start(0), tell(0, 1, Number.NaN));
    expect(state.trials.get(0)?.value).toBeUndefined();
    const worse = stamped([tell(0, 2, 5), tell(0, 3, null as never), tell(0, 4, 7)], 3).reduce(foldEvent, state);
    expect(worse.trials.get(0)).toMatchObject({ value: 5, bestEpoch: 2, epochs: 4 });
  });

  test('the best is a complete trial, the earliest of equals, by the direction of the study', () => {
    const trials = [
      start(0),
      start(1),
      start(2),
      start(3),
      finish(3, 1, 'pruned'),
      finish(2, 4),
      finish(1, 4),
      finish(0, 5),
    ];
    expect(fold(started, ...trials).best).toMatchObject({ trial: 1, value: 4 });
    const maximize: UnstampedEvent = {
      type: 'study-started',
      study: { ...study, objective: { metric: 'valLoss', direction: 'maximize' } },
    };
    expect(fold(maximize, ...trials).best).toMatchObject({ trial: 0, value: 5 });
    expect(fold(started, start(0), finish(0, undefined, 'failed')).best).toBeUndefined();
  });

  test('events that were folded before change nothing, so a replay may overlap', () => {
    const events = stamped([started, start(0), tell(0, 1, 3), tell(0, 2, 2), finish(0, 2)]);
    const once = events.reduce(foldEvent, emptyStudy);
    const again = [...events, ...events.slice(2)].reduce(foldEvent, emptyStudy);
    expect(again).toEqual(once);
  });

  test('a trial that was paused, or whose study was interrupted, has its stretches and their places', () => {
    const at = (slot: number): UnstampedEvent => ({ type: 'trial-started', trial: 0, hparams: {}, slot });
    const state = (...events: readonly UnstampedEvent[]) => fold(started, at(1), ...events).trials.get(0);
    const pause: UnstampedEvent = { type: 'trial-paused', trial: 0, epoch: 0, by: 'page' };
    const resume: UnstampedEvent = { type: 'trial-resumed', trial: 0, epoch: 0, slot: 0 };
    expect(state()?.stretches).toBeUndefined();
    expect(state(pause)?.stretches).toEqual([{ from: 1001, to: 1002, slot: 1 }]);
    expect(state(pause, { type: 'trial-waits', trial: 0, by: 'page' }, resume)?.stretches).toEqual([
      { from: 1001, to: 1002, slot: 1 },
      { from: 1004, slot: 0 },
    ]);
    const finished = state(pause, resume, finish(0, 1));
    expect(finished?.stretches?.at(-1)).toEqual({ from: 1003, to: 1004, slot: 0 });
    // Ended while it was paused: nothing is added to what it ran.
    expect(state(pause, finish(0, 1))?.stretches).toEqual([{ from: 1001, to: 1002, slot: 1 }]);
    // Nothing ran between the last event and the resumption of a study whose process had died.
    const resumed = state(
      tell(0, 1, 3),
      { type: 'study-resumed', study },
      { type: 'trial-resumed', trial: 0, epoch: 0 },
    );
    expect(resumed?.stretches).toEqual([
      { from: 1001, to: 1002, slot: 1 },
      { from: 1004, slot: 1 },
    ]);
  });

  test('a study that starts begins with nothing of the one before', () => {
    const before = fold(started, start(0), tell(0, 1, 3));
    const after = foldEvent(before, stamped([started])[0]!);
    expect(after.trials.size).toBe(0);
    expect(after).toMatchObject({ epochs: 0, running: [], lastSeq: 0 });
    expect(before.trials.size).toBe(1);
  });

  test('one may join late: trials that were never heard of do no harm, and nobody else sees them', () => {
    const late = stamped([tell(4, 2, 1), start(5), tell(5, 1, 2), finish(4, 1), finish(5, 2)], 10);
    const state = late.reduce(foldEvent, emptyStudy);
    expect([...state.trials.keys()]).toEqual([5]);
    expect(emptyStudy.trials.size).toBe(0);
  });

  test('is the same over events that went through JSON, as on the page', async () => {
    const events$ = tune({
      space: { x: float(0, 1) },
      objective: ({ x }, { trial }) => scripted([x, Number.NaN, x / 2], ['now'], trial === 1 ? 'error' : 'complete'),
      minimize: 'valLoss',
      trials: 3,
      parallel: 2,
    });
    const events = await lastValueFrom(events$.pipe(toArray()));
    const summary = ({ best, counts, samples, trials }: StudyState) => ({
      best,
      counts,
      samples,
      trials: [...trials.values()].map(({ number, state, value, epochs }) => ({ number, state, value, epochs })),
    });
    const sent = events.map(event => JSON.parse(JSON.stringify(event)) as StudyEvent);
    expect(summary(sent.reduce(foldEvent, emptyStudy))).toEqual(summary(events.reduce(foldEvent, emptyStudy)));
  });

  test('a hundred thousand events of ten thousand trials are folded without copying what is there', () => {
    let state = foldEvent(emptyStudy, stamped([started])[0]!);
    const { trials } = state;
    for (let seq = 1, trial = 0; trial < 10_000; trial++) {
      const events = [start(trial), ...Array.from({ length: 8 }, (_, i) => tell(trial, i + 1, i)), finish(trial, 0)];
      for (const event of stamped(events, seq)) state = foldEvent(state, event);
      seq += events.length;
    }
    expect(state.trials).toBe(trials);
    expect(state).toMatchObject({ epochs: 80_000, counts: { complete: 10_000, running: 0 } });
  });

  test('needs neither RxJS nor Node.js: the page runs the same code', () => {
    for (const [file, others] of [
      [
        'fold-event.ts',
        [
          "import { withDeed } from './deeds.js'",
          "import { emptyStudy, type Stretch, type StudyState, type TrialRecord } from './study-state.js'",
        ],
      ],
      ['study-state.ts', []],
      ['deeds.ts', []],
    ] as const) {
      const source = readFileSync(new URL(`../../src/tune/${file}`, import.meta.url), 'utf8');
      expect(source.match(/^import (?!type ).*'/gm) ?? [], file).toEqual(others);
    }
  });
});
