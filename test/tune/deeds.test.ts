import { describe, expect, test } from 'vitest';
import { type Deed, withDeed } from '../../src/tune/deeds.js';
import type { StudyEvent, UnstampedEvent } from '../../src/tune/events.js';
import { noCounts } from '../../src/tune/study-state.js';

const told = (...events: readonly UnstampedEvent[]): readonly Deed[] =>
  events.reduce<readonly Deed[]>(
    (deeds, event, seq) => withDeed(deeds, { seq, time: 1000 + seq, ...event } as StudyEvent),
    [],
  );
const stop = { by: 'user', reason: 'it oscillates', outcome: 'pruned', epoch: 3 } as const;
const ended = { type: 'trial-finished', trial: 1, state: 'pruned', epochs: 3, seconds: 1 } as const;
const over = { type: 'study-finished', reason: 'interrupted', counts: noCounts, seconds: 1, samples: 1 } as const;

describe('what was asked of a study', () => {
  test('is told with who, when and what, in order', () => {
    expect(
      told(
        { type: 'study-changed', paused: true, by: 'page' },
        { type: 'study-changed', paused: false, by: 'command' },
        { type: 'study-changed', parallel: 3, trials: 40, by: 'page' },
        { type: 'trial-enqueued', trial: 7, hparams: {}, origin: { kind: 'clone', of: 2, by: 'page' } },
        { type: 'trial-enqueued', trial: 8, hparams: {}, origin: { kind: 'enqueued', by: 'code' } },
        { type: 'trial-paused', trial: 1, epoch: 2, by: 'page' },
        { type: 'trial-waits', trial: 1, by: 'page' },
        { ...ended, stop: { ...stop, origin: 'page' } },
        { ...over, stopped: { by: 'command', reason: 'lunch' } },
      ),
    ).toMatchObject([
      { time: 1000, by: 'page', did: 'pause' },
      { time: 1001, by: 'command', did: 'resume' },
      { time: 1002, by: 'page', did: 'set', parallel: 3, trials: 40 },
      { time: 1003, by: 'page', did: 'clone', trial: 7, of: 2 },
      { time: 1004, by: 'code', did: 'enqueue', trial: 8 },
      { time: 1005, by: 'page', did: 'pause-trial', trial: 1 },
      { time: 1006, by: 'page', did: 'resume-trial', trial: 1 },
      { time: 1007, by: 'page', did: 'stop-trial', trial: 1, reason: 'it oscillates' },
      { time: 1008, by: 'command', did: 'stop', reason: 'lunch' },
    ]);
  });

  test('has nothing of what rules, the plan and the end of the study did by themselves', () => {
    expect(
      told(
        { type: 'trial-enqueued', trial: 0, hparams: {}, origin: { kind: 'enqueued' } },
        { type: 'study-changed', trials: 5, by: 'enqueue' },
        { type: 'trial-paused', trial: 0, epoch: 1, by: 'interrupted' },
        { ...ended, stop: { ...stop, by: 'median' } },
        over,
      ),
    ).toEqual([]);
  });

  test('is the last hundred', () => {
    const many = told(
      ...Array.from({ length: 250 }, (_, i) => ({ type: 'trial-waits' as const, trial: i, by: 'page' })),
    );
    expect(many.map(({ trial }) => trial)).toEqual(Array.from({ length: 100 }, (_, i) => 150 + i));
  });
});
