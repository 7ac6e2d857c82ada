import { describe, expect, test } from 'vitest';
import { metricGroups } from '../../dashboards/src/chart/metric-groups.js';
import { fieldsOf } from '../../dashboards/src/fields.js';
import { stoppedStudy } from '../../dashboards/src/stopped.js';
import {
  bytes,
  openTrials,
  shortState,
  speedWords,
  stateSentence,
  workerWords,
} from '../../dashboards/src/views/header-words.js';
import { logOf } from '../../dashboards/src/views/log-words.js';
import {
  confusionWords,
  fitOf,
  fitWords,
  predictionsUpTo,
  tallyOf,
} from '../../dashboards/src/views/predictions-words.js';
import { neighboursOf, rangeWords, standingsOf } from '../../dashboards/src/views/trial-standing.js';
import type { StudySummary } from '../../src/live/protocol.js';
import type { StudyEvent, StudyInfo, UnstampedEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type TrialRecord } from '../../src/tune/study-state.js';

const info: StudyInfo = {
  name: 's',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space: [
    { name: 'rate', kind: 'float', low: 0.01, high: 100, log: true },
    { name: 'units', kind: 'int', low: 0, high: 10 },
    { name: 'kind', kind: 'choice', options: ['a', 'b', 'c'] },
  ],
  sampler: 'tpe',
  rules: ['median'],
  parallel: 2,
};
const report = (trial: number, epoch: number, valLoss: number, more = {}): UnstampedEvent => ({
  type: 'trial-reported',
  trial,
  report: { epoch, step: epoch, samples: epoch, seconds: epoch, metrics: { loss: 1, valLoss }, ...more },
});
const start = (trial: number, hparams = {}): UnstampedEvent => ({ type: 'trial-started', trial, hparams, slot: trial });
const stamped = (...events: readonly UnstampedEvent[]) =>
  events.map((event, i) => ({ ...event, seq: i, time: 1000 * i }) as StudyEvent);
const begin: UnstampedEvent = { type: 'study-started', study: info };
const fold = (...events: readonly UnstampedEvent[]) => stamped(begin, ...events).reduce(foldEvent, emptyStudy);
const finish = (trial: number, more: object = {}): UnstampedEvent => ({
  type: 'trial-finished',
  trial,
  state: 'complete',
  value: 1,
  bestEpoch: 1,
  epochs: 1,
  seconds: 1,
  stop: { by: 'epochs', reason: 'ran to its end, epoch 1', outcome: 'complete', epoch: 1 },
  ...more,
});

describe('the words of the header', () => {
  const enqueue: UnstampedEvent = { type: 'trial-enqueued', trial: 2, hparams: {}, origin: { kind: 'enqueued' } };
  const paused: UnstampedEvent = { type: 'trial-paused', trial: 1, epoch: 1, by: 'page' };

  test('say what the trials do that are not over', () => {
    const study = fold(start(0), start(1), report(1, 1, 2), paused, enqueue);
    expect(openTrials(study)).toBe('1 running, 1 paused, 1 waits to start');
    expect(stateSentence(study, undefined)).toBe('Running: 0 complete; 1 running, 1 paused, 1 waits to start');
  });

  test('tell a paused, an interrupted, a resumed, a failed and a finished study', () => {
    const running = [start(0), report(0, 1, 2)];
    const done = (reason: 'trials' | 'interrupted'): UnstampedEvent => {
      return { type: 'study-finished', reason, counts: emptyStudy.counts, seconds: 1, samples: 1 };
    };
    const pausedStudy = fold(...running, { type: 'study-changed', paused: true, by: 'page' });
    expect(stateSentence(pausedStudy, undefined)).toBe('Paused, nothing new is started: 0 complete; 1 running');
    expect(shortState(pausedStudy)).toBe('Paused');
    expect(stateSentence(fold(...running, done('interrupted')), undefined)).toBe(
      'Interrupted: 0 complete; 1 waits to go on',
    );
    const resumed = fold(...running, done('interrupted'), { type: 'study-resumed', study: info });
    expect(stateSentence(resumed, undefined)).toBe('Running: 0 complete; 1 waits to go on');
    expect(stateSentence(fold(...running, finish(0), done('trials')), undefined)).toBe(
      'Finished (all trials are done): 1 complete',
    );
    expect(stateSentence(fold(...running), { type: 'ended', error: 'no data' })).toBe('Failed: no data');
    expect(stateSentence(fold(...running), { type: 'ended' })).toBe('Ended before its end: 0 complete; 1 running');
  });

  test('tell a study whose process is gone, and one that cannot be read', () => {
    const study = fold(start(0), start(1), report(1, 1, 2), finish(0), enqueue);
    const listed = (state: StudySummary['state'], problem?: string): readonly StudySummary[] => [
      { key: 'other', name: 'other', state: 'running', counts: emptyStudy.counts },
      { key: 's', name: 's', state, problem, counts: emptyStudy.counts, changedAt: 7000 },
    ];
    expect(stoppedStudy(listed('running'), 's', study)).toBeUndefined();
    expect(stoppedStudy(listed('interrupted'), 'other', study)).toBeUndefined();
    expect(stoppedStudy(listed('interrupted'), undefined, study)).toBeUndefined();
    // That it was interrupted it says itself.
    expect(stoppedStudy(listed('interrupted'), 's', { finishReason: 'interrupted' })).toBeUndefined();
    const gone = stoppedStudy(listed('interrupted'), 's', study);
    expect(gone).toEqual({ state: 'interrupted', at: 7000 });
    expect(stateSentence(study, undefined, gone)).toBe(
      'Interrupted: rxnn tune goes on with it; 1 complete; 2 not over',
    );
    expect(shortState(study, gone)).toBe('Interrupted');
    const damaged = stoppedStudy(listed('unreadable', 'line 7 is damaged'), 's', study);
    expect(damaged).toEqual({ state: 'unreadable', problem: 'line 7 is damaged', at: 7000 });
    expect(stateSentence(study, { type: 'ended', error: 'line 7 is damaged' }, damaged)).toBe(
      'Unreadable: line 7 is damaged',
    );
    expect(shortState(study, damaged)).toBe('Unreadable');
  });

  test('name workers, and memory in round numbers', () => {
    expect(speedWords({ epochs: 10, samples: 1000 }, 2.5)).toEqual({ epochs: '2.5', samples: '250 samples/s' });
    // Objectives of one's own report no samples.
    expect(speedWords({ epochs: 10, samples: 0 }, 120)).toEqual({ epochs: '120', samples: '' });
    expect(speedWords({ epochs: 0, samples: 0 }, 0)).toEqual({ epochs: '0.0', samples: '' });
    expect(speedWords({ epochs: 0, samples: 0 }, undefined)).toEqual({ epochs: '–', samples: '' });
    expect(workerWords({ busy: 0.934, trial: 12 }, 1)).toBe('Worker 2: computes 93 % of the time, now trial 12');
    expect(workerWords({ busy: 0 }, 0)).toBe('Worker 1: computes 0 % of the time, now nothing');
    expect([51_200, 412e6, 1.26e9].map(bytes)).toEqual(['51 kB', '412 MB', '1.3 GB']);
  });
});

describe('the log of a trial', () => {
  const log = (...events: readonly UnstampedEvent[]) => {
    const study = fold(start(0, { rate: 1, units: 3 }));
    return logOf(stamped(...events), info, study.trials).map(({ kind, text }) => `${kind}: ${text}`);
  };

  test('says who began it: the sampler, somebody, another trial and with what changes', () => {
    expect(log(start(1))).toEqual(['begin: Started at place 2: its hyperparameters drawn by tpe.']);
    const origin = { kind: 'clone', of: 0 } as const;
    expect(log({ type: 'trial-enqueued', trial: 1, hparams: { rate: 2, units: 3 }, origin })).toEqual([
      'begin: Enqueued: a clone of trial 0, with rate 1 → 2. It waits to be started.',
    ]);
    expect(log({ ...start(1), origin: { kind: 'retry', of: 0 } } as UnstampedEvent)).toEqual([
      'begin: Started at place 2: the hyperparameters of trial 0 once more.',
    ]);
  });

  test('says which epochs were better, what was found, stored, paused and resumed by whom', () => {
    const finding = {
      kind: 'vanishing',
      of: 'gradient',
      layer: 1,
      layerName: '1 dense',
      norm: 3e-7,
      limit: 1e-5,
      steps: 3,
      step: 40,
      advice: 'use relu',
    } as const;
    expect(
      log(
        report(0, 1, 2),
        report(0, 2, 3, { health: [finding] }),
        report(0, 3, 1, { checkpoint: 'a.json' }),
        { type: 'trial-paused', trial: 0, epoch: 3, by: 'page' },
        { type: 'trial-waits', trial: 0, by: 'command' },
        { type: 'trial-resumed', trial: 0, epoch: 3 },
      ),
    ).toEqual([
      'better: Epoch 1: valLoss 2.0000, loss 1.0000, the best so far.',
      'finding: The gradients of layer 1 dense are vanishing (root mean square 3.00e-7 at step 40): use relu.',
      'report: Epoch 2: valLoss 3.0000, loss 1.0000.',
      'better: Epoch 3: valLoss 1.0000, loss 1.0000, the best so far; stored.',
      'pause: Paused after epoch 3 by a page.',
      'resume: To go on as soon as there is a place, asked for by the command line.',
      'resume: Runs again, from epoch 3.',
    ]);
  });

  test('says who ended it, why, against what, and what was restored', () => {
    const stop = {
      by: 'median',
      reason: 'it is worse than most',
      outcome: 'pruned' as const,
      epoch: 4,
      metric: 'valLoss',
      value: 0.5,
      threshold: 0.4,
      against: 'median of 7 trials',
      restoredEpoch: 2,
    };
    expect(log(finish(0, { state: 'pruned', stop }))).toEqual([
      'end: Pruned by median at epoch 4: it is worse than most; valLoss 0.5000 against 0.4000, the median of 7 trials; its weights are again those of epoch 2.',
    ]);
    expect(log(finish(0))).toEqual(['end: Complete: ran to its end, epoch 1.']);
    const byHand = { by: 'user', reason: 'it oscillates', outcome: 'pruned' as const, epoch: 4 };
    expect(log(finish(0, { state: 'pruned', stop: byHand }))).toEqual([
      'end: Pruned by hand at epoch 4: it oscillates.',
    ]);
  });
});

describe('how a trial compares', () => {
  const fields = fieldsOf(info, ['valLoss']);
  const study = fold(
    start(0, { rate: 1, units: 5, kind: 'a' }),
    start(1, { rate: 10, units: 5, kind: 'b' }),
    start(2, { rate: 0.1, units: 2, kind: 'a' }),
    report(0, 1, 3),
    report(1, 1, 1),
    report(2, 1, 2),
    start(3, {}),
  );
  const trials = [...study.trials.values()];

  test('by its place in each range, logarithmic where the space is, and among the others', () => {
    const standings = standingsOf(trials[0] as TrialRecord, fields, trials);
    expect(
      standings.map(({ field, text, position, among }) => [field.title, text, position?.toFixed(6), among]),
    ).toEqual([
      ['rate', '1', '0.500000', 'higher than 50 % of 2 others'],
      ['units', '5', '0.500000', 'higher than 50 % of 2 others'],
      ['kind', 'a', undefined, 'the same in 1 of 2 others'],
    ]);
    const [lowest] = standingsOf(trials[2] as TrialRecord, fields, trials);
    expect(lowest?.among).toBe('the lowest of 3');
    expect(fields.filter(({ key }) => key.startsWith('hparam')).map(rangeWords)).toEqual([
      '0.01 to 100, logarithmic',
      '0 to 10',
      'a, b or c',
    ]);
  });

  test('by number and by rank', () => {
    expect(neighboursOf(2, trials, 'minimize')).toEqual({
      previous: 1,
      next: 3,
      rank: 2,
      ranked: 3,
      better: 1,
      worse: 0,
    });
    expect(neighboursOf(2, trials, 'maximize')).toMatchObject({ better: 0, worse: 1 });
    expect(neighboursOf(3, trials, 'minimize')).toMatchObject({ previous: 2, next: undefined, rank: undefined });
  });

  test('metrics of training rows lie beside those of validation rows, goals first', () => {
    const metrics = ['loss', 'accuracy', 'valLoss', 'valAccuracy', 'f1'];
    expect(metricGroups(metrics, [{ metric: 'valAccuracy', direction: 'maximize' }])).toEqual([
      ['valAccuracy', 'accuracy'],
      ['valLoss', 'loss'],
      ['f1'],
    ]);
    expect(metricGroups(['loss'], [{ metric: 'loss', direction: 'minimize' }])).toEqual([['loss']]);
  });
});

describe('the words of predictions', () => {
  const confusion = {
    kind: 'confusion' as const,
    classes: ['cat', 'dog', 'owl'],
    counts: [
      [8, 2, 0],
      [3, 5, 0],
      [0, 0, 1],
    ],
  };

  test('name the most frequent mistakes first', () => {
    expect(confusionWords(confusion)).toEqual([
      'dog taken for cat: 3 of its 8 rows',
      'cat taken for dog: 2 of its 10 rows',
    ]);
    expect(tallyOf(confusion)).toEqual({ rows: 19, right: 14, byClass: [10, 8, 1] });
  });

  test('R², mean absolute error and bias are those of the definitions', () => {
    // By hand: mean 2, squares 0.25 + 0 + 1 = 1.25 of 2.
    const pairs = [
      [1, 1.5],
      [2, 2],
      [3, 4],
    ] as const;
    const fit = fitOf({ kind: 'residuals', pairs, rows: 3 });
    expect(fit.r2).toBeCloseTo(1 - 1.25 / 2, 12);
    expect(fit.mae).toBeCloseTo(0.5, 12);
    expect(fit.bias).toBeCloseTo(0.5, 12);
    expect(fitWords({ kind: 'residuals', pairs, rows: 30 })).toBe(
      'R² 0.3750, mean absolute error 0.5000, on average 0.5000 too high (of 3 of 30 rows)',
    );
    expect(fitWords({ kind: 'residuals', pairs: [], rows: 0 })).toBe('There are no rows.');
  });

  test('are those of the newest epoch that has any', () => {
    const reports = [1, 2, 3].map(epoch => ({
      epoch,
      step: 1,
      samples: 1,
      seconds: 1,
      metrics: {},
      ...(epoch < 3 && { predictions: confusion }),
    }));
    expect(predictionsUpTo(reports)?.epoch).toBe(2);
    expect(predictionsUpTo(reports, 1)?.epoch).toBe(1);
    expect(predictionsUpTo(reports, 0)).toBeUndefined();
  });
});
