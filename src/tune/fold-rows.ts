import { copyOfState, copyOfTrial, isBetter, type Writable } from './fold-event.js';
import { metricsOfRow, type ReportRows } from './report-rows.js';
import type { StudyState, TrialRecord } from './study-state.js';

/** `foldWithoutReports` of the rows from one to before another: the same state, with one new record for each trial. */
export function foldRows(state: StudyState, rows: ReportRows, from: number, to: number): StudyState {
  let first = from;
  while (first < to && (rows.seq[first] as number) <= state.lastSeq) first++;
  if (first >= to) return state;
  const next = copyOfState(state);
  const trials = state.lastSeq < 0 ? new Map<number, TrialRecord>() : (state.trials as Map<number, TrialRecord>);
  next.trials = trials;
  next.lastSeq = rows.seq[to - 1] as number;
  next.lastTime = rows.time[to - 1] as number;
  const { objective, objectives } = state.study ?? {};
  const value = objective && rows.metrics[rows.names.indexOf(objective.metric)];
  /** The new record of each trial, and the row that its metrics are of, if that is one of these. */
  const changed = new Map<number, { readonly record: Writable<TrialRecord>; row: number }>();
  for (let row = first; row < to; row++) {
    const trial = rows.trial[row] as number;
    let change = changed.get(trial);
    if (change === undefined) {
      const before = trials.get(trial);
      if (before === undefined) continue;
      change = { record: copyOfTrial(before), row: -1 };
      changed.set(trial, change);
      trials.set(trial, change.record);
    }
    const { record } = change;
    next.epochs += (rows.epoch[row] as number) - record.epochs;
    next.samples += (rows.samples[row] as number) - record.samples;
    record.epochs = rows.epoch[row] as number;
    record.samples = rows.samples[row] as number;
    record.seconds = rows.seconds[row] as number;
    const now = value === undefined ? Number.NaN : (value[row] as number);
    const better = objective !== undefined && Number.isFinite(now) && isBetter(now, record.value, objective.direction);
    if (better || record.value === undefined) change.row = row;
    if (!better) continue;
    record.value = now;
    record.bestEpoch = record.epochs;
  }
  for (const { record, row } of changed.values()) {
    if (row < 0) continue;
    const metrics = metricsOfRow(rows, row);
    record.metrics = metrics;
    // Of the row with the value, that is.
    if (objectives !== undefined && record.value !== undefined) {
      record.values = objectives.map(({ metric }) => metrics[metric] as number);
    }
  }
  return next;
}
