import { random } from '../../random.js';
import type { HParams } from '../events.js';
import { quantile } from '../hyperparameter.js';
import type { SearchSpace } from '../space.js';

/**
 * A point with every hyperparameter drawn from its distribution. A draw is keyed by (seed, trial, name) and, from the second on, by
 * the attempt, so trials may be drawn in any order, and one more hyperparameter changes no other.
 */
export function randomPoint(space: SearchSpace, seed: number, trial: number, ...attempt: readonly number[]): HParams {
  const again = attempt.every(n => n === 0) ? [] : attempt;
  return space.resolve(h => quantile(h, random(seed, 'sampler', trial, h.name, ...again).uniform())).hparams;
}
