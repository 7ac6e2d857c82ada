import type { PlainReport } from '../tune/events.js';

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

/** The columns of a trial without events. */
export function trialColumns(): TrialColumns {
  return {
    events: { values: new Uint32Array(8), length: 0 },
    epoch: floats(),
    samples: floats(),
    seconds: floats(),
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
    metrics.set(name, { values: new Float32Array(before + 8).fill(Number.NaN), length: before });
  }
  for (const [name, column] of metrics) {
    const value: unknown = Object.hasOwn(report.metrics, name) ? report.metrics[name] : undefined;
    const isNumber = typeof value === 'number' && Number.isFinite(value);
    push(column, isNumber ? Math.max(-MOST, Math.min(MOST, value)) : Number.NaN);
  }
}

/** Gives back what was kept free for more reports. */
export function trim({ metrics, ...columns }: TrialColumns): void {
  for (const column of [...Object.values(columns), ...metrics.values()]) resize(column, column.length);
}

const floats = (): Numbers<Float32Array> => ({ values: new Float32Array(8), length: 0 });

function resize(numbers: Numbers<Uint32Array> | Numbers<Float32Array>, size: number): void {
  if (size === numbers.values.length) return;
  const values = numbers.values instanceof Uint32Array ? new Uint32Array(size) : new Float32Array(size);
  values.set(numbers.values.subarray(0, numbers.length));
  numbers.values = values;
}
