import { from, type Observable, type ObservableInput, of } from 'rxjs';
import type { Metrics, Report } from '../train/report.js';

type FilledIn = 'epoch' | 'step' | 'samples' | 'seconds';

/**
 * A report as an objective may give it: its metrics alone, or with what else there is. What it leaves out is filled in: `epoch` counts
 * the reports, `step` is the epoch, `samples` is 0, `seconds` are those since the trial began.
 */
export type GivenReport = Metrics | (Omit<Report, FilledIn> & Partial<Pick<Report, FilledIn>>);

/** What an objective may return: a stream, a promise or an (async) iterable of reports, or a single one. */
export type ObjectiveResult = ObservableInput<GivenReport> | GivenReport;

/** What an objective has returned as a stream; what is neither a stream nor a report is emitted too, to be refused. */
export function streamOf(result: unknown): Observable<Report> {
  return isStream(result) ? from(result) : of(result as Report);
}

function isStream(result: unknown): result is ObservableInput<Report> {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) return false;
  const ways = ['subscribe', 'then', 'getReader', '@@observable', Symbol.asyncIterator, Symbol.iterator];
  return ways.some(way => way in result) || ('observable' in Symbol && (Symbol.observable as symbol) in result);
}
