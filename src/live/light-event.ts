import type { Report } from '../train/report.js';
import type { PlainReport, StudyEvent } from '../tune/events.js';

/** A report as an event. */
export type Reported = Extract<StudyEvent, { readonly type: 'trial-reported' }>;

/** What pages fetch for one trial at a time, and programs get with every event. */
export type Heavy = Pick<Report, 'norms' | 'predictions' | 'checkpoint'>;

/** What only the detail of a trial has, if a report has any. */
export function heavyOf(event: StudyEvent): Heavy | undefined {
  if (event.type !== 'trial-reported') return undefined;
  const { norms, predictions, checkpoint } = event.report;
  if (norms === undefined && predictions === undefined && checkpoint === undefined) return undefined;
  return { norms, predictions, checkpoint };
}

/** An event without what only the detail of a trial has. */
export function lightEvent(event: StudyEvent): StudyEvent {
  if (heavyOf(event) === undefined) return event;
  const { norms: _, predictions: __, checkpoint: ___, ...report } = (event as Reported).report;
  return { ...(event as Reported), report };
}

/** A report with all that it had. */
export function withHeavy(event: StudyEvent, heavy: Heavy | undefined): StudyEvent {
  if (heavy === undefined || event.type !== 'trial-reported') return event;
  return { ...event, report: { ...event.report, ...heavy } };
}

/** Whether an event is nothing but a report of numbers, which can stand in a row: most of all events are. */
export function isRow(event: StudyEvent): event is Reported {
  if (event.type !== 'trial-reported') return false;
  for (const key in event) if (!eventKeys.has(key)) return false;
  const { report } = event;
  for (const key in report) {
    if (!reportKeys.has(key) && report[key as keyof PlainReport] !== undefined) return false;
  }
  for (const name in report.metrics) {
    const value: unknown = report.metrics[name];
    if (name === '__proto__' || (typeof value !== 'number' && value !== null && value !== undefined)) return false;
  }
  return (
    isCount(event.seq) &&
    isCount(event.trial) &&
    isCount(report.epoch) &&
    isCount(report.step) &&
    Number.isFinite(event.time) &&
    Number.isFinite(report.samples) &&
    Number.isFinite(report.seconds)
  );
}

const eventKeys = new Set(['seq', 'time', 'type', 'trial', 'report']);
const reportKeys = new Set([
  ...['epoch', 'step', 'samples', 'seconds', 'metrics'],
  ...['norms', 'predictions', 'checkpoint', 'model'],
]);

const isCount = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
