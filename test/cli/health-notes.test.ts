import { describe, expect, it } from 'vitest';
import { healthSentences, noteHealth } from '../../src/cli/health-notes.js';
import type { HealthFinding } from '../../src/train/report.js';

const finding = (layer: number, norm: number, more: Partial<HealthFinding> = {}): HealthFinding => ({
  kind: 'vanishing',
  of: 'gradient',
  layer,
  layerName: 'dense',
  norm,
  limit: 1e-5,
  steps: 3,
  step: 21,
  advice: 'Use relu.',
  ...more,
});

describe('notes on the health of trainings', () => {
  it('are one sentence for each thing that is wrong, with its layers and the worst of them', () => {
    const first = noteHealth(new Map(), [finding(0, 3e-7), finding(1, 1e-6)]);
    expect(healthSentences(first)).toEqual([
      'vanishing gradients in layers 0 and 1 (dense), 3.00e-7 at step 21: Use relu.',
    ]);
    const later = noteHealth(first, [finding(2, 4e-6, { step: 41 })]);
    expect(healthSentences(later)).toEqual([
      'vanishing gradients in layers 0 to 2 (dense), 3.00e-7 at step 21: Use relu.',
    ]);
    const more = noteHealth(later, [
      finding(1, 9e9, { kind: 'exploding', of: 'activation' }),
      finding(3, Number.NaN, { kind: 'exploding', of: 'activation', layerName: 'activation' }),
      finding(7, 5e3, { kind: 'exploding', of: 'activation' }),
    ]);
    expect(healthSentences(more)).toEqual([
      healthSentences(later)[0],
      'exploding activations in layers 1, 3 and 7, NaN at step 21: Use relu.',
    ]);
  });

  it('count the trials and tell of the last of them', () => {
    const notes = [0, 4, 9].reduce(
      (all, trial) => noteHealth(all, [finding(trial, 1e-7)], trial),
      noteHealth(new Map()),
    );
    expect(healthSentences(notes)).toEqual([
      'vanishing gradients in 3 trials, last #9, layer 9 (dense), 1.00e-7 at step 21: Use relu.',
    ]);
  });

  it('stay the same when a report has none', () => {
    const notes = noteHealth(new Map(), [finding(0, 1e-7)], 3);
    expect(noteHealth(notes, undefined, 4)).toBe(notes);
    expect(noteHealth(notes, [], 4)).toBe(notes);
  });
});
