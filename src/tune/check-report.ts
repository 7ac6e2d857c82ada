import { didYouMean, InputError } from '../errors.js';
import type { Report } from '../train/report.js';

/** Throws an `InputError` unless a user's objective has emitted a report, and the first one has the metrics of the study; metrics are numbers. */
export function checkReport(report: Report, wanted: readonly string[], first: boolean): void {
  const { epoch, metrics } = (report ?? {}) as Partial<Report>;
  if (typeof metrics !== 'object' || metrics === null || !Number.isFinite(epoch)) {
    const name = wanted[0] ?? 'loss';
    throw new InputError(
      `expected reports such as { epoch: 1, metrics: { ${name}: 0.5 } }, or metrics alone such as { ${name}: 0.5 }, got ${shown(report)}`,
    );
  }
  for (const name in metrics) {
    if (typeof metrics[name] === 'number') continue;
    throw new InputError(`expected the metric "${name}" to be a number, got ${shown(metrics[name])}`);
  }
  const metric = first ? wanted.find(name => !Object.hasOwn(metrics, name)) : undefined;
  if (metric === undefined) return;
  const names = Object.keys(metrics);
  throw new InputError(
    `no metric "${metric}" in the reports, which have ${names.join(', ') || 'none'}${didYouMean(metric, names)}`,
  );
}

/** Throws an `InputError` unless an epoch is a whole number after the one before. */
export function checkEpoch(epoch: number, before: number): void {
  if (Number.isSafeInteger(epoch) && epoch > before) return;
  throw new InputError(`expected an epoch after ${before}, a whole number, got ${epoch}`);
}

function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
