import { openStandings } from '../early-stopping/standings.js';
import type { StudyView } from '../early-stopping/study-view.js';
import type { Report } from '../train/report.js';
import type { Objective, PlainReport, TrialState } from './events.js';

/** A trial's part in the views of the study that rules have. */
export interface TrialEntry {
  /** The study as this trial's rules see it. */
  readonly view: StudyView;
  /** Adds a report; due after this trial's rules were asked about it. */
  report(report: PlainReport): void;
  finish(state: TrialState): void;
}

/**
 * What rules see of a study: one list of trials, shared by the views of all of them, and where trials stand among each other,
 * which is kept with every report and end, so that no rule has to look at all trials.
 */
export function openStudyViews(objective: Objective, { seed }: { readonly seed?: number | undefined } = {}) {
  const trials: { readonly number: number; state: TrialState; readonly reports: Report[] }[] = [];
  const standings = openStandings(trials, objective);
  return (number: number): TrialEntry => {
    const entry = { number, state: 'running' as TrialState, reports: [] as Report[] };
    let furthest = 0;
    trials.push(entry);
    standings.entered(entry);
    return {
      view: { objective, trial: number, trials, seed, standings },
      report(report) {
        standings.reported(entry, report, furthest);
        furthest = Math.max(furthest, report.epoch);
        entry.reports.push(report);
      },
      finish(state) {
        const before = entry.state;
        entry.state = state;
        if (state === 'complete' && before !== 'complete') standings.completed(entry);
      },
    };
  };
}
