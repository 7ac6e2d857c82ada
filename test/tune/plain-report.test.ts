import { expect, test } from 'vitest';
import type { PredictionSummary, Report } from '../../src/train/report.js';
import { plainReport } from '../../src/tune/plain-report.js';
import { report } from './trainings.js';

test('a report as events have it is a copy to its depths, which nobody can change', () => {
  const predictions: PredictionSummary = {
    kind: 'confusion',
    classes: ['a', 'b'],
    counts: [
      [1, 2],
      [3, 4],
    ],
  };
  const norms = { layers: ['0 dense'], gradients: [1], activations: [null] };
  const given: Report = report(1, 0.5, { predictions, norms });
  const plain = plainReport(given);
  expect(plain).toEqual(given);
  for (const change of [
    () => void (plain.predictions as unknown as { counts: number[][] }).counts[0]!.push(9),
    () => void (plain.predictions as unknown as { classes: string[] }).classes.pop(),
    () => void Object.assign(plain.norms!.gradients, [7]),
    () => void Object.assign(plain.metrics, { loss: 7 }),
  ]) {
    expect(change).toThrow(TypeError);
  }
  (predictions.counts[0] as number[])[0] = 100;
  expect(plain.predictions).toMatchObject({
    counts: [
      [1, 2],
      [3, 4],
    ],
  });
});
