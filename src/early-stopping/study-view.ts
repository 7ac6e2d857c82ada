import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Report } from '../train/report.js';

/** What a rule may know of another trial: its reports so far. */
export interface TrialView {
  readonly number: number;
  readonly state: 'waiting' | 'running' | 'paused' | 'complete' | 'pruned' | 'failed';
  readonly reports: readonly Report[];
}

/** The study as one trial's rules see it, always up to date; the trial's current report is not yet in it when a rule is asked. */
export interface StudyView {
  readonly objective: { readonly metric: string; readonly direction: 'minimize' | 'maximize' };
  /** The number of the trial that the rule watches. */
  readonly trial: number;
  /** Every trial started so far, in the order of their numbers, this one included. */
  readonly trials: readonly TrialView[];
}

/** An early-stopping rule is an operator on the reports of one trial. */
export type Rule = MonoTypeOperatorFunction<Report>;
