import { didYouMean, InputError } from '../../errors.js';
import { accuracy } from './accuracy.js';
import { mae, mse, rmse } from './errors.js';
import type { Metric } from './metric.js';
import { f1, precision, recall } from './precision-recall.js';
import { r2 } from './r-squared.js';
import { rocAuc } from './roc-auc.js';
import { topK } from './top-k.js';

/** The built-in metrics, as a file names them. */
export const metricsByName = {
  accuracy,
  top3Accuracy: topK(3),
  top5Accuracy: topK(5),
  precision,
  recall,
  f1,
  rocAuc,
  mse,
  rmse,
  mae,
  r2,
} as const satisfies Record<string, Metric>;

/** A built-in metric. */
export type MetricName = keyof typeof metricsByName;

/**
 * The metric of a name, `top<k>Accuracy` for any k too; a metric stays what it is.
 *
 * @throws InputError for an unknown name.
 */
export function toMetric(metric: Metric | string): Metric {
  if (typeof metric !== 'string') return metric;
  if (Object.hasOwn(metricsByName, metric)) return metricsByName[metric as MetricName];
  const k = /^top([1-9]\d*)Accuracy$/.exec(metric)?.[1];
  if (k !== undefined) return topK(Number(k));
  const names = Object.keys(metricsByName);
  throw new InputError(`no metric "${metric}"${didYouMean(metric, names)}; there are ${names.join(', ')}`);
}
