import { concat, defer, from, type Observable, observeOn, queueScheduler } from 'rxjs';
import type { NanPolicy } from '../early-stopping/nan.js';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { checkOptions } from '../option-names.js';
import { checkTuneOptions } from './check-tune-options.js';
import type { Checkpointed } from './checkpoint-task.js';
import type { HParams, StudyEvent, StudyInfo } from './events.js';
import type { ObjectiveResult } from './objective-result.js';
import type { Sampler } from './samplers/sampler.js';
import type { Resolved, SearchSpace } from './space.js';
import type { StopRequests } from './stop-requests.js';
import type { StudyControl } from './study-control.js';
import { runStudy } from './study-run.js';
import { tuneOptionNames } from './tune-option-names.js';

/** What an objective is given: the template with a point put in, typed by the template. */
export type SpaceValue<Space> = Space extends SearchSpace<infer Value> ? Value : Resolved<Space>;

/** The trial that an objective or a rule is made for. */
export interface TrialContext {
  /** From 0. */
  readonly trial: number;
  /** Drawn from the study's seed and the trial's number. */
  readonly seed: number;
  /** The sampled point, flat, by name. */
  readonly hparams: HParams;
}

/** What an objective is given beside its hyperparameters. */
export interface ObjectiveContext extends TrialContext, Checkpointed {
  /**
   * Has the trial reported finished, and its slot freed, only when this has settled: for a training whose teardown takes time, such as
   * one in another thread. To be called before the training is torn down; a rejection fails the trial.
   */
  waitFor(teardown: PromiseLike<unknown>): void;
  /** Whether the training may go on while a report of it is heard: no rule of the trial asks for the weights behind it. */
  readonly ahead?: boolean | undefined;
}

/** What an objective's author knows of a study, for people and pages. */
export type StudyFacts = Partial<
  Pick<StudyInfo, 'rules' | 'epochs' | 'device' | 'data' | 'dataset' | 'rungs' | 'search'>
>;

/** What is tuned, how, and for how long. */
export interface TuneOptions<Space> extends StopRequests {
  /** A template with distributions in it, or `searchSpace(template)`. */
  readonly space: Space;
  /**
   * One training; a trial is its reports: a stream, a promise or an iterable of them, or the metrics of a single one, such as
   * `{ loss: 0.3 }`. Called when a slot is free.
   */
  readonly objective: (hparams: SpaceValue<Space>, context: ObjectiveContext) => ObjectiveResult;
  /** The metric of the reports whose best value over a trial's epochs is the trial's value; either this one … */
  readonly minimize?: string | undefined;
  /** … or this one … */
  readonly maximize?: string | undefined;
  /** … or several: the first one's best epoch is the trial's, and its value; `values` are those of all at that epoch. */
  readonly objectives?: readonly ({ readonly minimize: string } | { readonly maximize: string })[] | undefined;
  /** What becomes of a trial whose objective was never a finite number: `fail` (the default), `prune`, or complete as the `worst`. */
  readonly nan?: NanPolicy | undefined;
  /** Default: `randomSearch()`. */
  readonly sampler?: Sampler | undefined;
  /** Points to begin with, before the sampler is asked; what one leaves out is drawn. They count among `trials`. */
  readonly enqueue?: readonly HParams[] | undefined;
  /** Whether a point may be drawn that another trial has; `allow`. */
  readonly duplicates?: 'allow' | 'forbid' | undefined;
  /** How many trials are started, exactly. Default: as many as the sampler has, or as `time` allows. */
  readonly trials?: number | undefined;
  /** How many trials run at a time; default 1. */
  readonly parallel?: number | undefined;
  /**
   * Whether decisions are taken in an order that does not depend on timing: the same study for any `parallel`. So many trials are open at
   * a time, 4 unless stated, and are heard in turns; who is faster waits. Weights that a rule would put back when a training has come to
   * its own end are not put back then: the training is over when its turn comes.
   */
  readonly deterministic?: boolean | { readonly lanes?: number | undefined } | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** The early-stopping rule of each trial: any operator on its reports. */
  readonly earlyStopping?: ((context: TrialContext & { readonly study: StudyView }) => Rule) | undefined;
  /** Default `study`. */
  readonly name?: string | undefined;
  /** What people should know of the study beside that; a function is asked when `tune` is called. */
  readonly info?: StudyFacts | (() => StudyFacts) | undefined;
  /**
   * The events of this study so far, as a journal has them: they are told again, then the study goes on. Finished trials are kept;
   * those that were running run again, from their last checkpoint if there is one.
   */
  readonly history?: readonly StudyEvent[] | undefined;
  /** Whether trials that run when the study is interrupted, or its time is up, are paused, to go on with the study; else they are pruned. */
  readonly survives?: boolean | undefined;
  /** Where trials keep their state, every so many seconds of training. */
  readonly checkpoint?: { readonly folder: string; readonly seconds: number } | undefined;
  /** Told when somebody changes `parallel` while the study runs, for whoever keeps threads. */
  readonly resize?: ((parallel: number) => void) | undefined;
  /** The handle through which others steer the study while it runs. */
  readonly control?: StudyControl | undefined;
  /** Milliseconds since 1970; default: RxJS's asynchronous scheduler's, `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * A study as a cold stream of events: `study-started`, those of its trials, `study-finished`. At most `parallel` trials run at
 * a time; the next point is drawn when one has ended. A trial ends with its training, at its rule's decision or when the
 * rule's operator completes; it is unsubscribed from, torn down, and only then reported finished. A trial that throws fails alone.
 * When `stop$` fails, the study is interrupted and told to its end like that, and then fails with the same error.
 * The best trial is the best among the complete ones; the value of a trial is its best over the epochs, NaN and infinities left out.
 *
 * @throws InputError for options that are unknown or wrong, for a space that the sampler cannot draw from and for the history of another study.
 * @example tune({ space: { units: int(8, 256, { log: true }) }, objective: ({ units }) => train({ … }), minimize: 'valLoss', trials: 20 })
 */
export function tune<const Space>(options: TuneOptions<Space>): Observable<StudyEvent> {
  checkOptions('tune', options, tuneOptionNames);
  const checked = checkTuneOptions(options);
  return defer(() => concat(from(checked.history), runStudy(options as unknown as TuneOptions<never>, checked))).pipe(
    // Who stops the study while it hears an event causes more events: they wait until everyone has heard this one.
    observeOn(queueScheduler),
  );
}
