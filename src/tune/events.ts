import type { DatasetInfo } from '../data/dataset-info.js';
import type { Report, StopDecision } from '../train/report.js';

/** The value of a hyperparameter; of an option that is more than a value, its label. */
export type HParamValue = number | string | boolean | null;

/** A sampled point of the search space: hyperparameter name → value. */
export type HParams = Readonly<Record<string, HParamValue>>;

/** Where a trial stands; the last three are ends: `complete`, `pruned` (stopped, being worse than others) and `failed` (with an error, or diverged). */
export type TrialState = 'waiting' | 'running' | 'paused' | 'complete' | 'pruned' | 'failed';

/** Whether less or more of the objective is better. */
export type Direction = 'minimize' | 'maximize';

/** What a study optimizes: a metric of the reports, and its better side. */
export interface Objective {
  readonly metric: string;
  readonly direction: Direction;
}

/** One hyperparameter of a study, for people and pages. */
export type HyperparameterInfo =
  | {
      readonly name: string;
      readonly kind: 'float' | 'int';
      readonly low: number;
      readonly high: number;
      readonly log?: boolean;
      readonly step?: number;
      readonly condition?: string;
    }
  | {
      readonly name: string;
      readonly kind: 'choice' | 'ordinal';
      readonly options: readonly string[];
      readonly condition?: string;
    };

/** What is known of a study when it begins, for people and pages. */
export interface StudyInfo {
  readonly name: string;
  /** The first one, if there are several. */
  readonly objective: Objective;
  /** All of them, if there are several. */
  readonly objectives?: readonly Objective[] | undefined;
  readonly space: readonly HyperparameterInfo[];
  /** What a point must fulfil to be drawn, as texts for people. */
  readonly constraints?: readonly string[] | undefined;
  readonly sampler: string;
  /** What the sampler has to say of itself, such as which one `auto` took and why. */
  readonly samplerNote?: string | undefined;
  readonly rules: readonly string[];
  /** How many trials will be started, if that is known. */
  readonly trials?: number | undefined;
  readonly parallel: number;
  /** What the sampler was told of that when the study began. */
  readonly asked?: { readonly trials?: number | undefined; readonly parallel: number } | undefined;
  /** Epochs of a trial that is not stopped, if known. */
  readonly epochs?: number | undefined;
  readonly device?: string | undefined;
  readonly data?: string | undefined;
  readonly dataset?: DatasetInfo | undefined;
  /** Where rules compare trials with each other, for each rule that has such places. */
  readonly rungs?: readonly RungsInfo[] | undefined;
  /** The search file as it was named, and all that is in it. */
  readonly search?: { readonly path?: string | undefined; readonly json: unknown } | undefined;
}

/**
 * Where a rule compares trials: its rungs, of which each keeps the best part of those that reach it. Where rules are searched too, those of
 * the first option.
 */
export interface RungsInfo {
  /** The rule's name, as in the decisions: that of the whole for a rule within others. */
  readonly rule: string;
  readonly metric: string;
  readonly direction: Direction;
  /** One in every so many trials is kept at a rung. */
  readonly reductionFactor: number;
  /** The epochs of the rungs, in order; several lists for a rule with brackets, to which trials are assigned by number. */
  readonly brackets: readonly (readonly number[])[];
  /** Of the lot that says which bracket a trial is in, for a rule with brackets: `bracketOf(rungs, trial)`. */
  readonly seed?: number | undefined;
}

/** Where a trial's hyperparameters come from, when not from the sampler. */
export interface TrialOrigin {
  /** `enqueued`: somebody gave them; `clone`: those of another trial, perhaps edited; `retry`: the same once more. */
  readonly kind: 'enqueued' | 'clone' | 'retry';
  /** The number of the trial that was cloned or is tried again. */
  readonly of?: number | undefined;
  /** Who asked for it while the study ran: `code`, `command`, `page`; absent for what the study was given to begin with. */
  readonly by?: string | undefined;
}

/** The best trial so far. */
export interface Best {
  readonly trial: number;
  readonly value: number;
  readonly epoch: number;
  readonly hparams: HParams;
  /** Of every objective, if there are several. */
  readonly values?: readonly number[] | undefined;
}

/** A report as it travels: without the weights behind it. */
export type PlainReport = Omit<Report, 'model'>;

/** How many trials are in each state. */
export type Counts = Readonly<Record<TrialState, number>>;

/** Where an event stands in its study. */
export interface Stamp {
  /** From 0, without gaps. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Something that happened in a study; its events in order tell all of it (`foldEvent`). Plain JSON. */
export type StudyEvent = Stamp &
  (
    | { readonly type: 'study-started'; readonly study: StudyInfo }
    /** A study goes on that had been interrupted, or whose process had died; trials that were running follow as `trial-resumed`. */
    | { readonly type: 'study-resumed'; readonly study: StudyInfo }
    /** Somebody changed how the study runs; what is absent stayed as it was. */
    | {
        readonly type: 'study-changed';
        readonly parallel?: number | undefined;
        readonly trials?: number | undefined;
        readonly paused?: boolean | undefined;
        /** Who asked for it: `code`, `command`, `page`. */
        readonly by: string;
      }
    /** A trial waits to be started before the sampler is asked for another. */
    | {
        readonly type: 'trial-enqueued';
        readonly trial: number;
        readonly hparams: HParams;
        readonly origin: TrialOrigin;
      }
    | {
        readonly type: 'trial-started';
        readonly trial: number;
        readonly hparams: HParams;
        readonly origin?: TrialOrigin | undefined;
        /** Which of the places for trials it has, from 0. */
        readonly slot?: number | undefined;
      }
    /** It waits, its place free for others; `epoch`: the last that was reported. */
    | { readonly type: 'trial-paused'; readonly trial: number; readonly epoch: number; readonly by: string }
    /** It was paused and is to run again, as soon as there is a place. */
    | { readonly type: 'trial-waits'; readonly trial: number; readonly by: string }
    /** It runs again, after its process or its pause has ended; what was reported up to `epoch` is not reported again. */
    | {
        readonly type: 'trial-resumed';
        readonly trial: number;
        readonly epoch: number;
        readonly slot?: number | undefined;
      }
    | { readonly type: 'trial-reported'; readonly trial: number; readonly report: PlainReport }
    | {
        readonly type: 'trial-finished';
        readonly trial: number;
        readonly state: 'complete' | 'pruned' | 'failed';
        /** Of the objective: its best over the epochs (or the mean over the folds); absent if there was no report with a number. */
        readonly value?: number | undefined;
        /** Of every objective, at the epoch of `value`, if there are several. */
        readonly values?: readonly number[] | undefined;
        readonly bestEpoch?: number | undefined;
        readonly epochs: number;
        readonly seconds: number;
        /**
         * Who stopped it, when, against what. `by` is a rule's name; `epochs` for a trial that ran to its end, `error` for one
         * that threw, `interrupted` or `time` (state pruned) for one that was running when the study was stopped, `user` for one that
         * somebody stopped.
         */
        readonly stop: StopDecision;
      }
    | {
        readonly type: 'study-finished';
        /** `trials`: all were run; `exhausted`: the sampler has no more; `time`; `interrupted`. */
        readonly reason: 'trials' | 'exhausted' | 'time' | 'interrupted';
        /** Who told the study to stop, if that is how it was interrupted. */
        readonly stopped?: StudyStop | undefined;
        /** Of the complete trials; absent if there is none. */
        readonly best?: Best | undefined;
        readonly counts: Counts;
        readonly seconds: number;
        /** Training rows seen by all trials. */
        readonly samples: number;
      }
  );

/** Somebody's wish that the study end. */
export interface StudyStop {
  /** Who: `code`, `command`, `page`. */
  readonly by: string;
  /** Why, if they said so. */
  readonly reason?: string | undefined;
}

/** An event before it has its place in the study's sequence. */
export type UnstampedEvent = StudyEvent extends infer Event
  ? Event extends Stamp
    ? Omit<Event, keyof Stamp>
    : never
  : never;
