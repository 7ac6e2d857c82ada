import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Report } from '../train/report.js';
import type { Standing } from './standing.js';

/** What a rule may know of another trial: its reports so far. */
export interface TrialView {
  readonly number: number;
  readonly state: 'waiting' | 'running' | 'paused' | 'complete' | 'pruned' | 'failed';
  readonly reports: readonly Report[];
}

/** A metric and its better side. */
export interface Objective {
  readonly metric: string;
  readonly direction: 'minimize' | 'maximize';
}

/** The study as one trial's rules see it, always up to date; the trial's current report is not yet in it when a rule is asked. */
export interface StudyView {
  readonly objective: Objective;
  /** The number of the trial that the rule watches. */
  readonly trial: number;
  /** Every trial started so far, in the order of their numbers, this one included. */
  readonly trials: readonly TrialView[];
  /** The study's seed, for rules that draw lots; default 0. */
  readonly seed?: number | undefined;
  /** Where trials stand among each other. A view made by hand may do without: then the trials are looked through at every question. */
  readonly standings?: Standings | undefined;
}

/** Which values of a study's trials to compare with. */
export interface Rung {
  readonly metric: string;
  readonly epoch: number;
  /** `complete`: those of complete trials, at this very epoch. `reached`: those of all trials, each one's first at or after this epoch. */
  readonly of: 'complete' | 'reached';
  /** Of some trials only. Groups of the same key are the same. */
  readonly group?: { readonly key: string; has(trial: number): boolean } | undefined;
}

/** Order statistics of a study's trials. */
export interface Standings {
  /** The values at a place, of all trials but one. */
  standing(place: Rung, except: number): Standing;
  /** How many trials are complete, but for one. */
  complete(except: number): number;
  /** The best complete trial by the study's objective; of equal ones the one with the smallest number. */
  best(): TrialView | undefined;
}

/**
 * An early-stopping rule is an operator on the reports of one trial. It sees reports from within an epoch (`report.within`) only if
 * its function has the property `within: 'epoch'`. One with `looksOnly: true` never asks for the weights behind a report (`report.model`,
 * which it may then be without), so a training in another thread need not wait for it.
 */
export type Rule = MonoTypeOperatorFunction<Report> & RuleTraits;

/** What is known of a rule without asking it. */
export interface RuleTraits {
  readonly within?: 'epoch' | undefined;
  readonly looksOnly?: boolean | undefined;
}
