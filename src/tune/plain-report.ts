import type { Report } from '../train/report.js';
import type { PlainReport } from './events.js';

/**
 * A report as events have it: without the weights, and whole even if a user's objective left the counters out. It is a copy
 * that cannot be changed, so neither the objective nor a rule alters what the record says.
 */
export function plainReport({ model: _, ...report }: Report): PlainReport {
  const { step = 0, samples = 0, seconds = 0 } = report;
  const fields = Object.entries({ ...report, step, samples, seconds });
  return Object.freeze(Object.fromEntries(fields.map(([name, value]) => [name, frozenCopy(value)]))) as PlainReport;
}

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.freeze({ ...value }) : value;
}
