import type { Report } from '../train/report.js';
import type { PlainReport } from './events.js';

/**
 * A report as events have it: without the weights, and whole even if a user's objective left the counters out. It is a copy
 * that cannot be changed, so neither the objective nor a rule alters what the record says.
 */
export function plainReport(report: Report): PlainReport {
  const { epoch, step = 0, samples = 0, seconds = 0, metrics } = report;
  // Written out, in one shape: objects made of entries or by a spread are slow to make and to read, and there may be millions.
  const plain: Record<string, unknown> = { epoch, step, samples, seconds, metrics: Object.freeze({ ...metrics }) };
  for (const name in report) {
    if (Object.hasOwn(plain, name) || name === 'model' || !Object.hasOwn(report, name)) continue;
    plain[name] = frozenCopy(report[name as keyof Report]);
  }
  return Object.freeze(plain) as unknown as PlainReport;
}

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = value.slice();
    for (let i = 0; i < copy.length; i++) if (typeof copy[i] === 'object') copy[i] = frozenCopy(copy[i]);
    return Object.freeze(copy);
  }
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
