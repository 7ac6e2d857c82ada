import { lastValueFrom, map, type Observable, reduce } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import { InputError } from '../errors.js';
import { requireLoss } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import { type MetricName, toMetric } from '../nn/metrics/by-name.js';
import type { Metric } from '../nn/metrics/metric.js';
import type { Network } from '../nn/network.js';
import { batches } from './batches.js';
import { requireInputs } from './forward.js';
import { openInference } from './inference.js';
import { requireTargets } from './loss.js';
import { summarizePredictions } from './prediction-summary.js';
import type { Pace } from './pull.js';
import type { Metrics, PredictionSummary } from './report.js';
import { requireInteger } from './require-integer.js';
import { requireDataset, requireNetwork } from './require-part.js';

/** Options of `evaluate`. */
export interface EvaluateOptions extends Pace {
  readonly loss: Loss;
  /** What to compute besides the loss, by name or as one's own; nothing. */
  readonly metrics?: readonly (MetricName | Metric)[] | undefined;
  /** Rows that are computed at a time; 1024. */
  readonly chunk?: number | undefined;
}

/** An evaluation that can be repeated with other weights. */
export interface Evaluation {
  /** One value, with the weights of the moment. */
  readonly run: Observable<Evaluated>;
  dispose(): void;
}

/** What an evaluation has found. */
export interface Evaluated {
  /** `loss` and every metric by name. */
  readonly metrics: Metrics;
  /** With `summarize`: what the rows were taken for, computed when it is asked. */
  readonly predictions?: (() => PredictionSummary | undefined) | undefined;
}

/** Options of `openEvaluation`. */
export interface EvaluationOptions extends EvaluateOptions {
  /** Whether predictions are read back even if no metric needs them, to be summarized; false. */
  readonly summarize?: boolean | undefined;
}

/**
 * The loss (by the rows' weights, if there are any) and metrics of a network on a dataset, without dropout. Throws an
 * `InputError` when the data does not fit the network or the loss.
 *
 * @example const { loss, accuracy } = await evaluate(net, test, { loss: crossEntropy(), metrics: ['accuracy'] });
 */
export async function evaluate(net: Network, dataset: Dataset, options: EvaluateOptions): Promise<Metrics> {
  requireNetwork('evaluate', net);
  requireDataset('evaluate', 'dataset', dataset);
  requireLoss('evaluate', options?.loss);
  const evaluation = openEvaluation(net, dataset, options);
  try {
    return (await lastValueFrom(evaluation.run)).metrics;
  } finally {
    evaluation.dispose();
  }
}

/** Checks everything now, compiles at the first run, and keeps what was compiled for the next. */
export function openEvaluation(net: Network, dataset: Dataset, options: EvaluationOptions): Evaluation {
  const { loss: lossFunction, chunk = 1024, metrics = [], summarize = false } = options;
  requireInteger('chunk', chunk, 1);
  const named = metrics.map(metric => toMetric(metric));
  requireFit(net, dataset, lossFunction);
  const chunks = batches(dataset, { ...options, size: chunk, epochs: 1, shuffle: false });
  const withPrediction = named.length > 0 || summarize;
  const inference = openInference(net, { lossFunction, withLoss: true, withPrediction });
  const { outputs } = net;
  const empty = () => ({
    prediction: new Float32Array(withPrediction ? dataset.rows * outputs : 0),
    row: 0,
    loss: 0,
    weight: 0,
  });
  return {
    run: inference.run(chunks).pipe(
      reduce((sums: ReturnType<typeof empty> | undefined, { batch, prediction, loss }) => {
        const { prediction: all, row, loss: lossSum, weight } = sums ?? empty();
        if (prediction !== undefined) all.set(prediction, row * outputs);
        const w = lossFunction.totalWeight?.(batch) ?? batch.weights?.reduce((a, b) => a + b, 0) ?? batch.rows;
        // A chunk whose rows all weigh nothing has a loss of 0 / 0 or 0, and no say.
        return {
          prediction: all,
          row: row + batch.rows,
          loss: w === 0 ? lossSum : lossSum + w * (loss ?? Number.NaN),
          weight: weight + w,
        };
      }, undefined),
      map(sums => {
        const { prediction, loss, weight } = sums ?? empty();
        const { y, targets, rows, task, classes } = dataset;
        const context = { prediction, outputs, y, targets, rows };
        const result: Record<string, number> = { loss: loss / weight };
        for (const metric of named) result[metric.name] = metric.compute(context);
        if (!summarize) return { metrics: result };
        return { metrics: result, predictions: () => summarizePredictions({ ...context, task, classes }) };
      }),
    ),
    dispose: inference.dispose,
  };
}

/** Throws an `InputError` unless the dataset fits the network and the loss. */
export function requireFit(net: Network, dataset: Dataset, lossFunction: Loss): void {
  requireInputs(net, dataset.features);
  requireTargets(lossFunction, net, dataset);
  if (dataset.task !== 'classification' || lossFunction.targets === 'classes') return;
  const row = dataset.y.findIndex(value => value !== 0 && value !== 1);
  if (row < 0) return;
  throw new InputError(
    `${lossFunction.name} expects two classes, 0 and 1, got class ${dataset.y[row]} in row ${row + 1}; for more take crossEntropy`,
  );
}
