import { didYouMean, InputError } from '../errors.js';
import type { Report } from '../train/report.js';

/** A report's value of a metric; an InputError that names the metrics there are when it has none of that name. */
export function metricValue(ruleName: string, report: Report, metric: string): number {
  const value = Object.hasOwn(report.metrics, metric) ? report.metrics[metric] : undefined;
  if (value !== undefined) return value;
  const names = Object.keys(report.metrics);
  throw new InputError(
    `${ruleName}: no metric "${metric}" in the reports, which have ${names.join(', ') || 'none'}${didYouMean(metric, names)}`,
  );
}

/** The same; undefined when a report from within an epoch does not have the metric, which it may not know yet. */
export function metricWithin(ruleName: string, report: Report, metric: string): number | undefined {
  if (report.within !== undefined && !Object.hasOwn(report.metrics, metric)) return undefined;
  return metricValue(ruleName, report, metric);
}

/** A number for a sentence: four significant digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** `1 epoch`, `6 epochs`. */
export function epochCount(epochs: number): string {
  return `${epochs} epoch${epochs === 1 ? '' : 's'}`;
}
