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

/** What rules see of a study: one list of trials, shared by the views of all of them. */
export function openStudyViews(objective: Objective): (trial: number) => TrialEntry {
  const trials: { readonly number: number; state: TrialState; readonly reports: Report[] }[] = [];
  return number => {
    const entry = { number, state: 'running' as TrialState, reports: [] as Report[] };
    trials.push(entry);
    return {
      view: { objective, trial: number, trials },
      report: report => entry.reports.push(report),
      finish: state => {
        entry.state = state;
      },
    };
  };
}
