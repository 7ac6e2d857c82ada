import { fileURLToPath } from 'node:url';
import { finalize, lastValueFrom, pipe, tap, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/data/read-table.js';
import { median } from '../../src/early-stopping/median.js';
import { patience } from '../../src/early-stopping/patience.js';
import { defaultDevice } from '../../src/kernels/open-device.js';
import { dense } from '../../src/nn/layers/dense.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { train } from '../../src/train/train.js';
import { crossValidate } from '../../src/tune/cross-validation.js';
import { choice, float } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { type TrialContext, tune } from '../../src/tune/tune.js';
import { only } from './trainings.js';

const iris = await readCsv(fileURLToPath(new URL('../../examples/iris/iris.csv', import.meta.url)), {
  target: 'species',
  scale: 'standard',
});
const split = iris.split({ validation: 0.3, stratify: true, seed: 0 });

const space = {
  units: choice([4, 12]),
  activation: choice(['tanh', 'relu']),
  learningRate: float(1e-3, 0.3, { log: true }),
};

interface Point {
  readonly units: number;
  readonly activation: 'tanh' | 'relu';
  readonly learningRate: number;
}

const training = (
  { units, activation, learningRate }: Point,
  { seed }: TrialContext,
  { train: data, validation } = split,
) => {
  const net = network([dense(units, { activation }), dense(3)], { inputs: 4, seed });
  const optimizer = adam({ learningRate });
  return train({
    net,
    data,
    validation,
    loss: crossEntropy(),
    optimizer,
    batchSize: 16,
    epochs: 8,
    metrics: ['accuracy'],
  }).pipe(finalize(() => net.dispose()));
};

const study = (parallel: number) =>
  lastValueFrom(
    tune({
      space,
      objective: training,
      minimize: 'valLoss',
      trials: 6,
      parallel,
      seed: 3,
      earlyStopping: ({ study: view }) => pipe(patience({ epochs: 3 }), median(view, { warmup: 2, startupTrials: 2 })),
    }).pipe(toArray()),
  );

let together: Promise<StudyEvent[]> | undefined;
/** The study three at a time, run once for all tests: most of a short training's time is the making of its kernels. */
const threeAtATime = () => {
  together ??= study(3);
  return together;
};

describe('tuning a network for iris', () => {
  test('six random trials, three at a time, find a good one and leave nothing on the device', async () => {
    const before = defaultDevice().usage().tensors;
    const events = await threeAtATime();
    expect(defaultDevice().usage().tensors).toBe(before);
    const { trials, best, counts } = events.reduce(foldEvent, emptyStudy);
    expect(counts).toMatchObject({ failed: 0, running: 0 });
    expect(counts.complete + counts.pruned).toBe(6);
    expect(trials.get(best!.trial)?.reports[best!.epoch - 1]?.metrics.valAccuracy).toBeGreaterThan(0.9);
    expect(only(events, 'study-finished')[0]?.samples).toBe(
      [...trials.values()].reduce((sum, { epochs }) => sum + epochs * split.train.rows, 0),
    );
    // Interleaved: the second trial reports before the first one has ended.
    const order = events.map(event => `${event.type} ${'trial' in event ? event.trial : ''}`);
    expect(order.indexOf('trial-reported 1')).toBeLessThan(order.indexOf('trial-finished 0'));
  });

  test('the same seed gives the same curves to the bit, one at a time or several; one at a time, the same decisions', async () => {
    const [one, again, several] = [await study(1), await study(1), await threeAtATime()];
    const untimed = (events: readonly StudyEvent[]) =>
      events.map(event => JSON.stringify(event, (key, value) => (/^(time|seconds)$/.test(key) ? 0 : value)));
    expect(untimed(again)).toEqual(untimed(one));
    expect(only(one, 'trial-finished').filter(({ stop }) => stop.by === 'median').length).toBeGreaterThan(0);
    const curves = (events: readonly StudyEvent[]) =>
      [...events.reduce(foldEvent, emptyStudy).trials.values()].map(({ reports }) => reports.map(r => r.metrics));
    const interleaved = curves(several);
    for (const [trial, curve] of curves(one).entries()) {
      // Rules that compare trials may end one sooner or later when several run.
      const epochs = Math.min(curve.length, interleaved[trial]!.length);
      expect(epochs).toBeGreaterThan(0);
      expect(interleaved[trial]!.slice(0, epochs)).toEqual(curve.slice(0, epochs));
    }
  });

  test('folds in lockstep: each epoch is the mean of all networks, of which none runs ahead', async () => {
    const folds = iris.folds(3, { stratify: true, seed: 0 });
    const point = { units: 8, activation: 'tanh', learningRate: 0.1 } as const;
    const context = { trial: 0, seed: 1, hparams: {} };
    const alone = await Promise.all(folds.map(fold => lastValueFrom(training(point, context, fold).pipe(toArray()))));
    const ahead: number[] = [];
    const reached = folds.map(() => 0);
    const watched = folds.map((fold, i) =>
      training(point, context, fold).pipe(
        tap(({ epoch }) => {
          reached[i] = epoch;
          ahead.push(epoch - Math.min(...reached));
        }),
      ),
    );
    const joint = await lastValueFrom(crossValidate(watched).pipe(toArray()));
    expect(joint).toHaveLength(8);
    expect(Math.max(...ahead)).toBe(1);
    for (const [i, { metrics, folds: each, samples }] of joint.entries()) {
      const values = alone.map(reports => reports[i]!.metrics);
      expect(each).toEqual(values);
      expect(metrics.valAccuracy).toBeCloseTo(values.reduce((sum, { valAccuracy }) => sum + valAccuracy!, 0) / 3, 12);
      expect(samples).toBe((i + 1) * 2 * iris.rows);
    }
    expect(joint.at(-1)?.metrics.valAccuracy).toBeGreaterThan(0.9);
  });
});
