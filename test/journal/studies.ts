import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalInit } from '../../src/journal/header.js';
import type { StudyEvent, StudyInfo, UnstampedEvent } from '../../src/tune/events.js';

/** A folder for one test file. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'rxnn-journal-'));
  return {
    path,
    at: (...names: string[]) => join(path, ...names),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** What a journal of `study()` is created with. */
export const init: JournalInit = {
  study: { name: 'digits', identity: 'a94a8fe5' },
  search: { json: { epochs: 3, data: { source: 'digits.csv' } }, path: '/somewhere/search.json' },
  seeds: { study: 7, sampler: 3 },
};

export const info: StudyInfo = {
  name: 'digits',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space: [
    { name: 'units', kind: 'int', low: 8, high: 256, log: true },
    { name: 'optimizer', kind: 'choice', options: ['sgd', 'adam'] },
    { name: 'learningRate', kind: 'float', low: 1e-4, high: 1e-1, log: true, condition: 'optimizer = adam' },
  ],
  sampler: 'random',
  rules: ['median'],
  trials: 4,
  parallel: 1,
  epochs: 3,
};

/** Events with their places in the study, a second apart. */
export function stamped(bodies: readonly UnstampedEvent[]): StudyEvent[] {
  return bodies.map((body, seq) => ({ seq, time: 1_700_000_000_000 + 1000 * seq, ...body }) as StudyEvent);
}

/** A small study in which everything happens: trials that end in every way, numbers that JSON has not, words of any kind. */
export function study(): StudyEvent[] {
  const report = (trial: number, epoch: number, valLoss: number, more: object = {}): UnstampedEvent => ({
    type: 'trial-reported',
    trial,
    report: {
      epoch,
      step: 10 * epoch,
      samples: 100 * epoch,
      seconds: epoch / 3,
      metrics: { loss: 0.1 + 0.2, valLoss },
      ...more,
    },
  });
  return stamped([
    { type: 'study-started', study: info },
    { type: 'trial-enqueued', trial: 0, hparams: { units: 16, optimizer: 'sgd' }, origin: { kind: 'enqueued' } },
    { type: 'trial-started', trial: 0, hparams: { units: 16, optimizer: 'sgd' } },
    report(0, 1, 0.7),
    report(0, 2, 0.5, { checkpoint: 'checkpoints/0-2' }),
    report(0, 3, 0.6),
    {
      type: 'trial-finished',
      trial: 0,
      state: 'complete',
      value: 0.5,
      bestEpoch: 2,
      epochs: 3,
      seconds: 1,
      stop: { by: 'epochs', reason: 'all 3 epochs done', outcome: 'complete', epoch: 3 },
    },
    { type: 'trial-started', trial: 1, hparams: { units: 64, optimizer: 'adam', learningRate: 0.012345678901234567 } },
    report(1, 1, Number.NaN),
    report(1, 2, Number.POSITIVE_INFINITY),
    {
      type: 'trial-finished',
      trial: 1,
      state: 'failed',
      epochs: 2,
      seconds: 0.5,
      stop: {
        by: 'diverged',
        reason: 'valLoss is ∞ — “diverged”',
        outcome: 'failed',
        epoch: 2,
        metric: 'valLoss',
        value: Number.POSITIVE_INFINITY,
        threshold: -0,
      },
    },
    { type: 'trial-started', trial: 2, hparams: { units: 8, optimizer: 'adam', learningRate: 1e-4 } },
    report(2, 1, 0.9),
    {
      type: 'trial-finished',
      trial: 2,
      state: 'pruned',
      value: 0.9,
      bestEpoch: 1,
      epochs: 1,
      seconds: 0.2,
      stop: { by: 'median', reason: 'worse than the median', outcome: 'pruned', epoch: 1, value: 0.9, threshold: 0.7 },
    },
    { type: 'trial-started', trial: 3, hparams: { units: 32, optimizer: 'adam', learningRate: 0.05 } },
    report(3, 1, 0.45),
    report(3, 2, -0),
  ]);
}
