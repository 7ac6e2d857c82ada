import { describe, expect, it } from 'vitest';
import { style } from '../../src/cli/style.js';
import { columns } from '../../src/cli/text.js';
import { foldReport, noReports, trainDisplay, trainLines } from '../../src/cli/train-display.js';
import { trainSummary } from '../../src/cli/train-summary.js';
import type { Report } from '../../src/train/report.js';

const plain = style(false);
const info = { name: 'digits', epochs: 30, network: '64 → 32 → 10, 2410 parameters', device: 'webasm' };
const report = (epoch: number, more: Partial<Report> = {}): Report => ({
  epoch,
  step: epoch * 45,
  samples: epoch * 1438,
  seconds: epoch / 10,
  metrics: { loss: 2 / epoch, valLoss: 2.2 / epoch, valAccuracy: 1 - 0.5 / epoch },
  ...more,
});
const health = [
  {
    kind: 'exploding',
    of: 'gradient',
    layer: 1,
    layerName: 'dense',
    norm: 12345,
    limit: 1000,
    steps: 3,
    step: 90,
    advice: 'Lower the learning rate.',
  },
] as const;
const state = [report(1), report(2, { health }), report(3)].reduce(foldReport, noReports);
const text = (lines: readonly string[]) => `\n${lines.join('\n')}\n`;

describe('the display of a running training', () => {
  it('says how far it is, every metric with its curve, and what is unwell', () => {
    const lines = trainDisplay(info, state, { columns: 80, style: plain, elapsed: 3 });
    expect(text(lines)).toMatchInlineSnapshot(`
      "
      digits  64 → 32 → 10, 2410 parameters · webasm

        epoch        ███░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  3 of 30
        time         3.0 s · about 27 s left · 1,438 rows/s

        loss             0.6667  █▄▁
        valLoss          0.7333  █▄▁
        valAccuracy      0.8333  ▁▇█

        health       exploding gradients in layer 1 (dense), 12345 at step 90: Lower
                     the learning rate.
      "
    `);
    for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(80);
  });

  it('says what it is before the first epoch, and that it is being interrupted', () => {
    const lines = trainDisplay(info, noReports, { columns: 80, style: plain, elapsed: 0, interrupted: true });
    expect(text(lines)).toMatchInlineSnapshot(`
      "
      digits  64 → 32 → 10, 2410 parameters · webasm

        epoch        interrupted: finishing
        time         0.0 s

      "
    `);
  });

  it('does without a number of epochs', () => {
    const { epochs: _, ...open } = info;
    expect(trainDisplay(open, state, { columns: 80, style: plain, elapsed: 3 })[2]).toBe('  epoch        3');
  });
});

describe('plain lines of a training', () => {
  it('are one a report and one for each thing that is wrong', () => {
    expect(text([...trainLines(info, report(2, { health })), ...trainLines(info, report(30))])).toMatchInlineSnapshot(`
      "
      epoch  2/30  loss 1.0000  valLoss 1.1000  valAccuracy 0.7500  0.2 s
      epoch 2: exploding gradients in layer 1 (dense), 12345 at step 90: Lower the learning rate.
      epoch 30/30  loss 0.0667  valLoss 0.0733  valAccuracy 0.9833  3.0 s
      "
    `);
  });
});

describe('the summary of a training', () => {
  const outcome = {
    info,
    last: report(30),
    metrics: report(30).metrics,
    seconds: 3,
    interrupted: false,
    health: new Map(),
    columns: 80,
  };

  it('shows the final metrics', () => {
    expect(text(trainSummary(outcome, plain))).toMatchInlineSnapshot(`
      "
      digits: 30 epochs in 3.0 s, 14,380 rows/s
        loss         0.0667
        valLoss      0.0733
        valAccuracy  0.9833
      "
    `);
  });

  it('says who ended it and whose weights are kept', () => {
    const stop = {
      by: 'patience',
      reason: 'valLoss 0.4 did not improve',
      outcome: 'complete',
      epoch: 9,
      restoredEpoch: 3,
    } as const;
    const lines = trainSummary({ ...outcome, last: report(9, { stop }), health: state.health }, plain);
    expect(text(lines)).toMatchInlineSnapshot(`
      "
      digits: 9 epochs in 3.0 s, 4,314 rows/s
      patience: valLoss 0.4 did not improve; the weights are those of epoch 3
      exploding gradients in layer 1 (dense), 12345 at step 90: Lower the learning
      rate.
        loss         0.0667
        valLoss      0.0733
        valAccuracy  0.9833
      "
    `);
  });

  it('says when there was nothing', () => {
    expect(trainSummary({ ...outcome, last: undefined, interrupted: true }, plain)).toEqual([
      'digits: interrupted before the first epoch',
    ]);
  });
});
