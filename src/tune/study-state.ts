import type { Metrics, StopDecision } from '../train/report.js';
import type { Deed } from './deeds.js';
import type { Best, Counts, HParams, PlainReport, StudyInfo, StudyStop, TrialOrigin, TrialState } from './events.js';

/** A time during which a trial ran without a break; in milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to?: number | undefined;
  readonly slot?: number | undefined;
}

/** A trial as its events tell it. A new object after each of its events, so views may compare by identity. */
export interface TrialRecord {
  /** From 0, in the order in which trials were started. */
  readonly number: number;
  readonly state: TrialState;
  readonly hparams: HParams;
  /** Every report so far; this array grows in place. */
  readonly reports: readonly PlainReport[];
  /** The best finite value of the objective so far, and its epoch; absent until there is one. */
  readonly value?: number | undefined;
  /** Of every objective, at the epoch of `value`, if there are several. */
  readonly values?: readonly number[] | undefined;
  readonly bestEpoch?: number | undefined;
  /** All metrics of the report with `value`; of the last report until there is one. */
  readonly metrics?: Metrics | undefined;
  /** Where its hyperparameters come from, when not from the sampler. */
  readonly origin?: TrialOrigin | undefined;
  /** Which of the places for trials it has, or had last, from 0; absent until it has been started. */
  readonly slot?: number | undefined;
  /** When and at which places it ran, in order, once that was more than one stretch; the last one is open while it runs. */
  readonly stretches?: readonly Stretch[] | undefined;
  /** The last reported epoch; 0 before the first report. */
  readonly epochs: number;
  /** Training rows seen so far. */
  readonly samples: number;
  /** Seconds of training, as of the last report; absent before the first. */
  readonly seconds?: number | undefined;
  /** Who stopped it, when, against what; from `trial-finished` on. */
  readonly stop?: StopDecision | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
}

/** A study as its events tell it. */
export interface StudyState {
  /** What `study-started` said. */
  readonly study?: StudyInfo | undefined;
  /** By number, in the order of starting; this map grows in place. */
  readonly trials: ReadonlyMap<number, TrialRecord>;
  /** The numbers of the running trials, in the order of starting. */
  readonly running: readonly number[];
  /** The numbers of the trials that wait, in the order in which they will be started. */
  readonly waiting: readonly number[];
  /** The best of the complete trials (a pruned or failed one is never the best); of equal ones the one with the smallest number. */
  readonly best?: Best | undefined;
  readonly counts: Counts;
  /** Epochs and training rows of all trials together. */
  readonly epochs: number;
  readonly samples: number;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly finishReason?: 'trials' | 'exhausted' | 'time' | 'interrupted' | undefined;
  /** Who told the study to stop, if that is how it was interrupted; until it goes on. */
  readonly stopped?: StudyStop | undefined;
  /** The sequence number of the last event folded; −1 before the first. */
  readonly lastSeq: number;
  /** When it was, in milliseconds since 1970. */
  readonly lastTime?: number | undefined;
  /** Nothing new is started until somebody lets the study go on. */
  readonly paused: boolean;
  /** What people and programs asked of the study while it ran, in order: the last hundred. */
  readonly deeds: readonly Deed[];
}

/** No trial in any state. */
export const noCounts: Counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };

/** The state before any event. */
export const emptyStudy: StudyState = {
  trials: new Map(),
  running: [],
  waiting: [],
  counts: noCounts,
  epochs: 0,
  samples: 0,
  lastSeq: -1,
  paused: false,
  deeds: [],
};
