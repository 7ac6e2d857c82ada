import type { PlainReport, StudyEvent } from '../../src/tune/events.js';

/** A study with less in it. */
export interface ThinStudy {
  /** Numbered anew, without gaps. */
  readonly events: readonly StudyEvent[];
  /** What was left out, in a sentence; undefined if nothing was. */
  readonly note?: string | undefined;
}

/**
 * What `thinning` keeps, told event by event: a study without what its page can do without: at level 0 everything stays. From level 1 on, norms and predictions stay at each
 * trial's best and last report only; from level 2 on, of each trial's reports every second stays, at level 3 every third, and so on, and
 * always the first, the best, the last and those with findings. All other events stay, so all trials and decisions do.
 */
export function thinned(events: readonly StudyEvent[], level: number): ThinStudy {
  if (level === 0) return { events };
  const every = level;
  const ends = endsOf(events);
  const kept: StudyEvent[] = [];
  const counts = new Map<number, number>();
  let all = 0;
  let left = 0;
  for (const event of events) {
    if (event.type !== 'trial-reported') {
      kept.push({ ...event, seq: kept.length });
      continue;
    }
    all++;
    const { trial, report } = event;
    const count = counts.get(trial) ?? 0;
    counts.set(trial, count + 1);
    const end = ends.get(trial);
    const matters = report.epoch === end?.last || report.epoch === end?.best;
    if (!matters && count % every !== 0 && !report.health?.length) continue;
    left++;
    kept.push({ ...event, seq: kept.length, report: matters ? report : lightReport(report) });
  }
  const note =
    every === 1
      ? 'This study is large: norms and predictions are told of the best and the last epoch of each trial only.'
      : `This study is large: ${left} of its ${all} reports are in this file, of each trial one in ${every} beside the first, the best and the last, with norms and predictions at the best and the last only. All trials and decisions are here.`;
  return { events: kept, note };
}

function endsOf(events: readonly StudyEvent[]): Map<number, { best?: number | undefined; last: number }> {
  const ends = new Map<number, { best?: number | undefined; last: number }>();
  const started = events[0];
  const objective = started?.type === 'study-started' ? started.study.objective : undefined;
  const sign = objective?.direction === 'maximize' ? -1 : 1;
  const values = new Map<number, number>();
  for (const event of events) {
    if (event.type !== 'trial-reported') continue;
    const { trial, report } = event;
    const value: unknown = objective && report.metrics[objective.metric];
    const end = ends.get(trial) ?? { last: report.epoch };
    end.last = report.epoch;
    if (typeof value === 'number' && Number.isFinite(value) && sign * value < (values.get(trial) ?? Infinity)) {
      values.set(trial, sign * value);
      end.best = report.epoch;
    }
    ends.set(trial, end);
  }
  return ends;
}

function lightReport({ norms: _, predictions: __, ...report }: PlainReport): PlainReport {
  return report;
}
