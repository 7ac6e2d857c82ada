import { requireSamplerSeed } from '../require-seed.js';
import { randomPoint } from './random-point.js';
import type { Sampler } from './sampler.js';

/** Options of `randomSearch`. */
export interface RandomSearchOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
}

/**
 * Every hyperparameter drawn from its distribution, independently of all others and of every result.
 * A draw is keyed by (seed, trial, name), so trials may be drawn in any order, and one more hyperparameter changes no other.
 * Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization" (2012).
 */
export function randomSearch(options: RandomSearchOptions = {}): Sampler {
  requireSamplerSeed('randomSearch', options);
  return {
    name: 'random',
    begin({ space, seed }) {
      const key = options.seed ?? seed;
      return {
        ask: (trial, _history, attempt = 0) => randomPoint(space, key, trial, attempt),
      };
    },
  };
}
