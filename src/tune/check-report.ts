import { didYouMean, InputError } from '../errors.js';
import type { Report } from '../train/report.js';

/** Throws an `InputError` unless a user's objective has emitted a report, and the first one has the metrics of the study. */
export function checkReport(report: Report, wanted: readonly string[], first: boolean): void {
  const { epoch, metrics } = (report ?? {}) as Partial<Report>;
  if (typeof metrics !== 'object' || metrics === null || !Number.isFinite(epoch)) {
    const got = JSON.stringify(report) ?? String(report);
    throw new InputError(
      `expected the objective to emit reports such as { epoch: 1, metrics: { loss: 0.5 } }, got ${got}`,
    );
  }
  const metric = first ? wanted.find(name => !Object.hasOwn(metrics, name)) : undefined;
  if (metric === undefined) return;
  const names = Object.keys(metrics);
  throw new InputError(
    `no metric "${metric}" in the reports, which have ${names.join(', ') || 'none'}${didYouMean(metric, names)}`,
  );
}
