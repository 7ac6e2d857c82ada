import { type HealthNotes, noteHealth } from '../../src/cli/health-notes.js';
import { studyLines } from '../../src/cli/study-lines.js';
import type { StopDecision } from '../../src/train/report.js';
import type { HParams, StudyEvent, StudyInfo } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';

type Body = StudyEvent extends infer Event ? (Event extends StudyEvent ? Omit<Event, 'seq' | 'time'> : never) : never;

export const info: StudyInfo = {
  name: 'digits',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space: [],
  sampler: 'random',
  rules: ['patience', 'median'],
  trials: 12,
  parallel: 2,
  epochs: 30,
  device: 'webasm',
};

const hparams = (trial: number): HParams =>
  trial % 2 === 0
    ? { units: 16 + trial, activation: 'relu', optimizer: 'adam', 'adam.learningRate': 0.00123456, batchSize: 32 }
    : {
        units: 16 + trial,
        activation: 'tanh',
        optimizer: 'sgd',
        'sgd.learningRate': 0.1,
        momentum: 0.9,
        batchSize: 64,
      };

const reported = (trial: number, values: readonly number[]): Body[] =>
  values.map((value, i) => ({
    type: 'trial-reported',
    trial,
    report: {
      epoch: i + 1,
      step: i * 10,
      samples: (i + 1) * 100,
      seconds: i,
      metrics: { loss: value, valLoss: value },
    },
  }));

const ended = (trial: number, values: readonly number[], stop: Omit<StopDecision, 'epoch'>): Body => {
  const numbers = values.filter(value => !Number.isNaN(value));
  const best = Math.min(...numbers);
  return {
    type: 'trial-finished',
    trial,
    state: stop.outcome,
    ...(numbers.length > 0 && { value: best, bestEpoch: values.indexOf(best) + 1 }),
    epochs: values.length,
    seconds: values.length / 4,
    stop: { ...stop, epoch: values.length },
  };
};

/** A small study with one trial of each kind, and two that still run. */
export const bodies: readonly Body[] = [
  { type: 'study-started', study: info },
  { type: 'trial-started', trial: 0, hparams: hparams(0) },
  { type: 'trial-started', trial: 1, hparams: hparams(1) },
  ...reported(0, [2, 1, 0.5, 0.6]),
  ended(0, [2, 1, 0.5, 0.6], {
    by: 'patience',
    reason: 'valLoss 0.6 did not improve on 0.5 (epoch 3) for 1 epoch',
    outcome: 'complete',
  }),
  { type: 'trial-started', trial: 2, hparams: hparams(2) },
  ...reported(1, [3, 2]),
  ended(1, [3, 2], {
    by: 'median',
    reason: 'best valLoss 2 is worse than 1, the median of 5 trials at epoch 2',
    outcome: 'pruned',
  }),
  { type: 'trial-started', trial: 3, hparams: hparams(3) },
  ...reported(2, [Number.NaN]),
  ended(2, [Number.NaN], { by: 'diverged', reason: 'loss is not a number', outcome: 'failed' }),
  { type: 'trial-started', trial: 4, hparams: hparams(4) },
  ...reported(
    3,
    Array.from({ length: 30 }, (_, i) => 2 / (i + 1)),
  ),
  ended(
    3,
    Array.from({ length: 30 }, (_, i) => 2 / (i + 1)),
    { by: 'epochs', reason: 'all 30 epochs were run', outcome: 'complete' },
  ),
  { type: 'trial-started', trial: 5, hparams: hparams(5) },
  ...reported(4, [2, 1, 0.8, 0.4, 0.3]),
  {
    type: 'trial-reported',
    trial: 5,
    report: {
      epoch: 1,
      step: 40,
      samples: 100,
      seconds: 1,
      metrics: { loss: 2.3, valLoss: 2.31 },
      health: [
        {
          kind: 'vanishing',
          of: 'gradient',
          layer: 2,
          layerName: 'dense',
          norm: 1.2e-9,
          limit: 1e-5,
          steps: 3,
          step: 31,
          advice: 'use relu',
        },
      ],
    },
  },
];

export const finishedBody: Body = {
  type: 'study-finished',
  reason: 'interrupted',
  counts: { waiting: 0, running: 0, paused: 0, complete: 2, pruned: 1, failed: 1 },
  seconds: 75,
  samples: 4300,
};

export const stamped = (all: readonly Body[]): StudyEvent[] =>
  all.map((body, seq) => ({ seq, time: 1_700_000_000_000 + seq * 1000, ...body }) as StudyEvent);

/** The study after these events, with what the display keeps beside it, and the plain lines that were printed on the way. */
export function play(all: readonly Body[]): { state: StudyState; health: HealthNotes; lines: string[] } {
  const tell = studyLines();
  let [state, health]: [StudyState, HealthNotes] = [emptyStudy, new Map()];
  const lines: string[] = [];
  for (const event of stamped(all)) {
    state = foldEvent(state, event);
    if (event.type === 'trial-reported') health = noteHealth(health, event.report.health, event.trial);
    lines.push(...tell(event, state));
  }
  return { state, health, lines };
}
