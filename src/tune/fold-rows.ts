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
  const records = new Map<number, Writable<TrialRecord>>();
  for (let row = first; row < to; row++) {
    const trial = rows.trial[row] as number;
    let record = records.get(trial);
    if (record === undefined) {
      const before = trials.get(trial);
      if (before === undefined) continue;
      record = copyOfTrial(before);
      records.set(trial, record);
      trials.set(trial, record);
    }
    next.epochs += (rows.epoch[row] as number) - record.epochs;
    next.samples += (rows.samples[row] as number) - record.samples;
    record.epochs = rows.epoch[row] as number;
    record.samples = rows.samples[row] as number;
    record.seconds = rows.seconds[row] as number;
    const now = value === undefined ? Number.NaN : (value[row] as number);
    const better = objective !== undefined && Number.isFinite(now) && isBetter(now, record.value, objective.direction);
    if (!better && record.value !== undefined) continue;
    record.metrics = metricsOfRow(rows, row);
    if (!better) continue;
    record.value = now;
    record.bestEpoch = record.epochs;
    if (objectives !== undefined) {
      const { metrics } = record;
      record.values = objectives.map(({ metric }) => metrics[metric] as number);
    }
  }
  return next;
}
