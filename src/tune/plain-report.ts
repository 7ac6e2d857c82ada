import type { Report } from '../train/report.js';
import type { PlainReport } from './events.js';

/**
 * A report as events have it: without the weights, and whole even if a user's objective left the counters out. It is a copy
 * that cannot be changed, so neither the objective nor a rule alters what the record says.
 */
export function plainReport({ model: _, ...report }: Report): PlainReport {
  const { step = 0, samples = 0, seconds = 0 } = report;
  const plain: Record<string, unknown> = { ...report, step, samples, seconds };
  // In place: objects made of entries are slow to read ever after, and there may be millions of reports.
  for (const name of Object.keys(plain)) {
    const value = plain[name];
    if (typeof value === 'object') plain[name] = frozenCopy(value);
  }
  return Object.freeze(plain) as unknown as PlainReport;
}

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copy)) {
    const item = copy[name];
    if (typeof item === 'object') copy[name] = frozenCopy(item);
  }
  return Object.freeze(copy);
}
