import type { HParams, Objective } from '../events.js';
import type { SearchSpace } from '../space.js';
import type { TrialRecord } from '../study-state.js';

/** What a sampler is told of the study that it draws for. */
export interface SamplerContext {
  readonly space: SearchSpace;
  readonly objective: Objective;
  /** The study's seed, for samplers that were given none of their own. */
  readonly seed: number;
}

/** A sampler at work on one study. */
export interface Sampling {
  /** How many points there are, when they are finitely many. */
  readonly count?: number | undefined;
  /**
   * The point for a trial, or undefined when there are no more. Depends on nothing but the context, the trial's number
   * and the history, so a resumed study draws what it would have drawn.
   *
   * @param history every trial started so far, running, pruned and failed ones too
   */
  ask(trial: number, history: ReadonlyMap<number, TrialRecord>): HParams | undefined;
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
