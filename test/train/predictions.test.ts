import { finalize, lastValueFrom, of, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { dense } from '../../src/nn/layers/dense.js';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import type { Loss } from '../../src/nn/losses/loss.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { bestPredictions } from '../../src/train/best-predictions.js';
import { predict } from '../../src/train/predict.js';
import { joinSummaries, type Predicted, summarizePredictions } from '../../src/train/prediction-summary.js';
import type { PredictionSummary, Report } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import { openCpuDevice } from '../kernels/cpu-devices.js';
import { report } from '../tune/trainings.js';
import { clouds, dataset, xor } from './datasets.js';

const device = openCpuDevice();
const cpu = openCpuDevice('cpu');
afterAll(() => {
  device.close();
  cpu.close();
});

type Confusion = Extract<PredictionSummary, { kind: 'confusion' }>;
type Residuals = Extract<PredictionSummary, { kind: 'residuals' }>;

/** A training of a few epochs with what its last report's model predicts, and what `predict` says of the same weights. */
async function trained(data: Dataset, outputs: number, loss: Loss, more: Partial<TrainOptions> = {}, on = device) {
  const net = network([dense(5, { activation: 'tanh' }), dense(outputs)], {
    inputs: data.features,
    seed: 3,
    device: on,
  });
  const reports = await lastValueFrom(
    train({
      ...{ net, data, validation: data, loss, epochs: 4, batchSize: 8, optimizer: adam({ learningRate: 0.05 }) },
      summarize: true,
      ...more,
    }).pipe(toArray()),
  );
  const predicted = await predict(net, data.x, { loss });
  net.dispose();
  return { reports, predicted, summary: reports.at(-1)!.model!.predictions?.() };
}

const numbers = (data: Dataset, prediction: ArrayLike<number>, outputs = 1): Predicted => ({
  ...data,
  prediction,
  outputs,
});

describe('what validation rows were taken for', () => {
  it('is a count of every pair of classes, as counted one by one over predict', async () => {
    const data = clouds(60, 2);
    const { predicted, summary } = await trained(data, 3, crossEntropy(), { chunk: 7 });
    const counts = [0, 1, 2].map(truth =>
      [0, 1, 2].map(
        taken =>
          Array.from(data.y).filter((y, row) => {
            const scores = Array.from(predicted.slice(3 * row, 3 * row + 3));
            return y === truth && scores.indexOf(Math.max(...scores)) === taken;
          }).length,
      ),
    );
    expect(summary).toEqual({ kind: 'confusion', classes: ['a', 'b', 'c'], counts });
    expect(counts.flat().reduce((a, b) => a + b)).toBe(60);
  });

  it('is that of two classes with one output, class 1 from 0.5 up', async () => {
    const { predicted, summary } = await trained(xor(), 1, binaryCrossEntropy());
    const taken = Array.from(predicted, p => (p >= 0.5 ? 1 : 0));
    const counts = [0, 1].map(truth =>
      [0, 1].map(other => [0, 1, 1, 0].filter((y, row) => y === truth && taken[row] === other).length),
    );
    expect(summary).toEqual({ kind: 'confusion', classes: ['no', 'yes'], counts });
  });

  it('is pairs of truth and prediction of a regression, to a thousandth of their range', async () => {
    const x = Array.from({ length: 70 }, (_, i) => [i / 70]);
    const data = dataset(
      x,
      x.map(([v]) => 100 * Math.sin(6 * v!)),
    );
    const { predicted, summary } = await trained(data, 1, meanSquaredError());
    const { pairs, rows } = summary as Residuals;
    expect([rows, pairs.length]).toEqual([70, 70]);
    const all = [...data.y, ...predicted];
    const close = (Math.max(...all) - Math.min(...all)) / 1000 / 2 + 1e-9;
    pairs.forEach(([truth, said], row) => {
      expect(Math.abs(truth - data.y[row]!)).toBeLessThanOrEqual(close);
      expect(Math.abs(said - predicted[row]!)).toBeLessThanOrEqual(close);
      expect(String(truth).length).toBeLessThan(7);
    });
  });

  it('is asked of a training with `summarize` only, and needs validation rows', async () => {
    const without = await trained(xor(), 1, binaryCrossEntropy(), { summarize: false });
    expect(without.reports.map(({ model }) => model?.predictions)).toEqual(Array(4).fill(undefined));
    const blind = await trained(xor(), 1, binaryCrossEntropy(), { validation: undefined });
    expect(blind.reports.map(({ model }) => model?.predictions)).toEqual(Array(4).fill(undefined));
  });

  it.each([
    ['without metrics', device, []],
    ['with a metric', device, ['accuracy'] as const],
    ['without metrics on cpu', cpu, []],
  ])('changes no number of the reports, %s', async (_, on, metrics) => {
    const bare = await trained(clouds(40, 1), 3, crossEntropy(), { metrics, summarize: false }, on);
    const told = await trained(clouds(40, 1), 3, crossEntropy(), { metrics }, on);
    const only = ({ metrics, norms }: Report) => ({ metrics, norms });
    expect(told.reports.map(only)).toEqual(bare.reports.map(only));
  });

  it('is that of the report’s weights, also when it is asked later', async () => {
    const { reports, summary } = await trained(clouds(30, 4), 3, crossEntropy());
    const right = (each: PredictionSummary | undefined) =>
      (each as Confusion).counts.reduce((sum, row, i) => sum + row[i]!, 0) / 30;
    const told = await trained(clouds(30, 4), 3, crossEntropy(), { metrics: ['accuracy'] });
    expect(told.reports.map(({ model }) => right(model!.predictions!()))).toEqual(
      told.reports.map(({ metrics }) => metrics.valAccuracy),
    );
    expect(reports.at(-1)!.model!.predictions!()).toEqual(summary);
  });
});

describe('summarizePredictions', () => {
  it('counts a row without a number for no class', () => {
    const data = dataset([[0], [0], [0]], [0, 1, 1], { task: 'classification', classes: ['a', 'b'] });
    const prediction = [0.9, 0.1, Number.NaN, 0.5, 0.2, 0.8];
    expect(summarizePredictions(numbers(data, prediction, 2))).toEqual({
      kind: 'confusion',
      classes: ['a', 'b'],
      counts: [
        [1, 0],
        [0, 1],
      ],
    });
  });

  it('is left out for more than 50 classes', () => {
    const classes = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
    const of = (n: number) => dataset([[0]], [0], { task: 'classification', classes: classes(n) });
    expect(summarizePredictions(numbers(of(51), Array(51).fill(0), 51))).toBeUndefined();
    expect(summarizePredictions(numbers(of(50), Array(50).fill(0), 50))).toMatchObject({ kind: 'confusion' });
  });

  it('chooses 200 rows evenly, the first of several targets, and leaves out what is not finite', () => {
    const rows = 1001;
    const y = Array.from({ length: rows }, (_, i) => [i, -i]);
    const data = dataset(
      y.map(() => [0]),
      y,
    );
    const prediction = y.flatMap(([v]) => [v! < 10 ? Number.NaN : v! + 1, 5]);
    const { pairs, rows: told } = summarizePredictions(numbers(data, prediction, 2)) as Residuals;
    expect(told).toBe(rows);
    expect(pairs).toHaveLength(198);
    const steps = pairs.slice(1).map(([truth], i) => truth - pairs[i]![0]);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...steps)).toBeLessThanOrEqual(6);
    expect(pairs.every(([truth, said]) => said === truth + 1)).toBe(true);
  });

  it.each([
    [
      [1e12, 1e12 + 2e9],
      [1e12, 1e12],
      [1_000_000_000_000, 1_002_000_000_000],
    ],
    [
      [-0.00012345, 0.00098765],
      [0, 0],
      [-0.000123, 0.000988],
    ],
    [
      [5, 5],
      [5, 5],
      [5, 5],
    ],
  ])('rounds %j by the range', (truths, said, rounded) => {
    const data = { ...dataset([[0], [0]], truths), y: Float64Array.from(truths) as never };
    const { pairs } = summarizePredictions(numbers(data, said)) as Residuals;
    expect(pairs.map(([truth]) => truth)).toEqual(rounded);
  });
});

describe('the summaries of several networks', () => {
  const confusion = (counts: number[][], classes = ['a', 'b']): PredictionSummary => ({
    kind: 'confusion',
    classes,
    counts,
  });

  it('are sums of counts, and pairs that are put together and thinned', () => {
    expect(
      joinSummaries([
        confusion([
          [1, 2],
          [3, 4],
        ]),
        confusion([
          [10, 0],
          [0, 20],
        ]),
      ]),
    ).toEqual(
      confusion([
        [11, 2],
        [3, 24],
      ]),
    );
    const residuals = (from: number): PredictionSummary => ({
      kind: 'residuals',
      pairs: Array.from({ length: 200 }, (_, i) => [from + i, 0] as const),
      rows: 500,
    });
    const joint = joinSummaries([residuals(0), residuals(200), residuals(400)]) as Residuals;
    expect([joint.rows, joint.pairs.length]).toEqual([1500, 200]);
    expect(joint.pairs.map(([truth]) => truth)).toEqual(Array.from({ length: 200 }, (_, i) => 3 * i + 1));
  });

  it('are none where one has none, or they are of different kinds or classes', () => {
    const one = confusion([
      [1, 2],
      [3, 4],
    ]);
    const other = confusion(
      [
        [1, 2],
        [3, 4],
      ],
      ['a', 'c'],
    );
    const pairs: PredictionSummary = { kind: 'residuals', pairs: [[1, 1]], rows: 1 };
    for (const mixed of [
      [one, undefined],
      [undefined, one],
      [one, other],
      [one, pairs],
      [pairs, one],
      [],
      [undefined],
    ]) {
      expect(joinSummaries(mixed)).toBeUndefined();
    }
  });
});

describe('bestPredictions', () => {
  const summary: PredictionSummary = { kind: 'residuals', pairs: [], rows: 0 };
  /** Reports with these losses, and which of them were asked for predictions. */
  const asked = async (values: readonly number[], than?: number, firstEpoch = 1) => {
    const epochs: number[] = [];
    const reports = values.map((value, i) => {
      const epoch = firstEpoch + i;
      const predictions = () => {
        epochs.push(epoch);
        return summary;
      };
      return report(epoch, value, { model: { predictions } as never });
    });
    const told = await lastValueFrom(
      of(...reports).pipe(bestPredictions({ metric: 'valLoss', direction: 'minimize', than }), toArray()),
    );
    expect(told.flatMap(each => (each.predictions === undefined ? [] : each.epoch))).toEqual(epochs);
    return epochs;
  };

  it('asks at the first epoch and whenever the metric is better than all before, never for NaN and infinities', async () => {
    expect(await asked([3, 4, 2, 2, Number.NaN, -Infinity, 1])).toEqual([1, 3, 7]);
    expect(await asked([Number.NaN, 4, 5, 3])).toEqual([1, 2, 4]);
  });

  it('goes on from the best value that is known', async () => {
    expect(await asked([3, 2, 1], 2, 5)).toEqual([7]);
  });

  it('is a new judge for every subscription, and passes on what it cannot ask, values and subscriptions alike', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(
      ({ cold, expectObservable, expectSubscriptions }) => {
        const model = { predictions: () => summary } as never;
        const values = {
          a: report(1, 3, { model }),
          b: report(1, 9, { model, within: 'epoch' }),
          c: report(2, 2),
          d: report(3, 1, { model }),
        };
        const told = { ...values, a: { ...values.a, predictions: summary }, d: { ...values.d, predictions: summary } };
        const source = cold('a-b-c-d-|', values);
        const best$ = source.pipe(
          bestPredictions({ metric: 'valLoss', direction: 'minimize' }),
          finalize(() => {}),
        );
        expectObservable(best$).toBe('a-b-c-d-|', told);
        expectObservable(best$, '---^----!').toBe('---a-b-c-', told);
        expectSubscriptions(source.subscriptions).toBe(['^-------!', '---^----!']);
      },
    );
  });
});
