import type { HParams, Objective } from '../events.js';
import type { SearchSpace } from '../space.js';
import type { TrialRecord } from '../study-state.js';

/** What a sampler is told of the study that it draws for. */
export interface SamplerContext {
  readonly space: SearchSpace;
  /** The first one, if there are several. */
  readonly objective: Objective;
  /** All of them; default: `[objective]`. */
  readonly objectives?: readonly Objective[] | undefined;
  /** How many trials there will be, if that is known. */
  readonly trials?: number | undefined;
  /** How many trials run at a time; default 1. */
  readonly parallel?: number | undefined;
  /** Whether a rule may stop trials early; default false. */
  readonly earlyStopping?: boolean | undefined;
  /** The study's seed, for samplers that were given none of their own. */
  readonly seed: number;
}

/** A sampler at work on one study. */
export interface Sampling {
  /** What people should know of this study's sampling, such as which sampler `auto` took and why. */
  readonly note?: string | undefined;
  /** How many points there are, when they are finitely many. */
  readonly count?: number | undefined;
  /**
   * The point for a trial, or undefined when there are no more. Depends on nothing but the context, the trial's number
   * and the history, so a resumed study draws what it would have drawn.
   *
   * @param history every trial so far, in any state, by number; a record is a new object after each of its events
   * @param attempt how many points for this trial were refused, because of a constraint or as a duplicate; another attempt is to
   *   draw another point
   */
  ask(trial: number, history: ReadonlyMap<number, TrialRecord>, attempt?: number): HParams | undefined;
}

/** A way to choose hyperparameters. */
export interface Sampler {
  readonly name: string;
  /**
   * Begins a study; what it prepares lives as long as the study.
   *
   * @throws InputError for a space that it cannot draw from.
   */
  begin(context: SamplerContext): Sampling;
}
