import type { PlainReport } from '../tune/events.js';
import { ABSENT, type ReportRows } from '../tune/report-rows.js';

// Plain data and functions on it: a study has a hundred thousand columns, and closures would take more memory than the numbers.

/** Numbers that become more. */
export interface Numbers<Kind extends Uint32Array | Float32Array> {
  values: Kind;
  length: number;
}

/** What curves of one trial are drawn of: columns of its reports, which grow. */
export interface TrialColumns {
  /** Sequence numbers of all its events, the reports among them. */
  readonly events: Numbers<Uint32Array>;
  readonly epoch: Numbers<Float32Array>;
  readonly samples: Numbers<Float32Array>;
  readonly seconds: Numbers<Float32Array>;
  /** By name; NaN where it is no number. */
  readonly metrics: Map<string, Numbers<Float32Array>>;
}

/** The numbers so far, in memory that is used on. */
export function soFar<Kind extends Uint32Array | Float32Array>({ values, length }: Numbers<Kind>): Kind {
  return values.subarray(0, length) as Kind;
}

/** Adds a number to the end. */
export function push(numbers: Numbers<Uint32Array> | Numbers<Float32Array>, value: number): void {
  if (numbers.length === numbers.values.length) resize(numbers, Math.max(8, Math.ceil(numbers.length * 1.5)));
  numbers.values[numbers.length++] = value;
}

/** The greatest number that the columns hold; what is more is drawn as this. */
const MOST = 3.4028234663852886e38;

/** Room that a trial has to begin with, and at most. */
const [ROOM, MOST_ROOM] = [8, 128];

/**
 * The columns of a trial without events.
 *
 * @param epochs how many it will have, if that is known
 */
export function trialColumns(epochs = 0): TrialColumns {
  const room = Math.max(ROOM, Math.min(MOST_ROOM, Math.ceil(epochs)));
  return {
    events: { values: new Uint32Array(room + 4), length: 0 },
    epoch: { values: new Float32Array(room), length: 0 },
    samples: { values: new Float32Array(room), length: 0 },
    seconds: { values: new Float32Array(room), length: 0 },
    metrics: new Map(),
  };
}

/** Adds a report of the trial. */
export function addReport({ epoch, samples, seconds, metrics }: TrialColumns, report: PlainReport): void {
  const before = epoch.length;
  push(epoch, report.epoch);
  push(samples, report.samples);
  push(seconds, report.seconds);
  for (const name in report.metrics) {
    if (metrics.has(name)) continue;
    metrics.set(name, newMetric(before, epoch.values.length));
  }
  for (const [name, column] of metrics) {
    const value: unknown = Object.hasOwn(report.metrics, name) ? report.metrics[name] : undefined;
    push(column, typeof value === 'number' ? drawn(value) : Number.NaN);
  }
}

/** Adds a row of the trial. */
export function addRow({ epoch, samples, seconds, metrics }: TrialColumns, rows: ReportRows, row: number): void {
  const before = epoch.length;
  push(epoch, rows.epoch[row] as number);
  push(samples, rows.samples[row] as number);
  push(seconds, rows.seconds[row] as number);
  let added = 0;
  for (let i = 0; i < rows.names.length; i++) {
    const value = (rows.metrics[i] as Float64Array)[row] as number;
    if (value === ABSENT) continue;
    const name = rows.names[i] as string;
    let column = metrics.get(name);
    if (column === undefined) {
      column = newMetric(before, epoch.values.length);
      metrics.set(name, column);
    }
    push(column, drawn(value));
    added++;
  }
  if (added === metrics.size) return;
  for (const column of metrics.values()) if (column.length === before) push(column, Number.NaN);
}

/** A value as the columns hold it: within the range of a float32, NaN for what is no number. */
function drawn(value: number): number {
  return Number.isFinite(value) ? Math.max(-MOST, Math.min(MOST, value)) : Number.NaN;
}

/** The column of a metric that the reports before had not. */
function newMetric(before: number, room: number): Numbers<Float32Array> {
  return { values: new Float32Array(Math.max(room, before + ROOM)).fill(Number.NaN, 0, before), length: before };
}

/** The columns as they are now, which grow no more; the numbers are the same ones. */
export function asTheyAre({ events, epoch, samples, seconds, metrics }: TrialColumns): TrialColumns {
  return {
    events: { ...events },
    epoch: { ...epoch },
    samples: { ...samples },
    seconds: { ...seconds },
    metrics: new Map([...metrics].map(([name, column]) => [name, { ...column }])),
  };
}

/** Gives back what was kept free for more reports. */
export function trim({ metrics, ...columns }: TrialColumns): void {
  for (const column of [...Object.values(columns), ...metrics.values()]) resize(column, column.length);
}

function resize(numbers: Numbers<Uint32Array> | Numbers<Float32Array>, size: number): void {
  if (size === numbers.values.length) return;
  const values = numbers.values instanceof Uint32Array ? new Uint32Array(size) : new Float32Array(size);
  values.set(numbers.values.subarray(0, numbers.length));
  numbers.values = values;
}
