import type { Metrics } from '../train/report.js';
import type { PlainReport, StudyEvent } from './events.js';

/**
 * Reports of nothing but numbers, in the order of their events, as columns: what most of a study is, without an object for each. The
 * columns may be longer than there are rows.
 */
export interface ReportRows {
  /** How many rows there are. */
  readonly length: number;
  readonly seq: Float64Array;
  readonly time: Float64Array;
  readonly trial: Float64Array;
  readonly epoch: Float64Array;
  readonly step: Float64Array;
  readonly samples: Float64Array;
  readonly seconds: Float64Array;
  /** The metrics' names in the order in which they came, which is that in each report. */
  readonly names: readonly string[];
  /** By name: NaN for a number that was not finite, `ABSENT` where the report has none. */
  readonly metrics: readonly Float64Array[];
}

/** In a column of a metric: the report has none of that name. */
export const ABSENT = Number.POSITIVE_INFINITY;

/** The metrics of one row. */
export function metricsOfRow({ names, metrics }: ReportRows, row: number): Metrics {
  const named: Record<string, number> = {};
  for (let i = 0; i < names.length; i++) {
    const value = (metrics[i] as Float64Array)[row] as number;
    if (value !== ABSENT) named[names[i] as string] = value;
  }
  return named;
}

/** One row as the event that it is. */
export function eventOfRow(rows: ReportRows, row: number): StudyEvent {
  const report: PlainReport = {
    epoch: rows.epoch[row] as number,
    step: rows.step[row] as number,
    samples: rows.samples[row] as number,
    seconds: rows.seconds[row] as number,
    metrics: metricsOfRow(rows, row),
  };
  return {
    seq: rows.seq[row] as number,
    time: rows.time[row] as number,
    type: 'trial-reported',
    trial: rows.trial[row] as number,
    report,
  };
}
