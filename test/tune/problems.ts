import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams } from '../../src/tune/events.js';
import { type SearchSpace, searchSpace } from '../../src/tune/space.js';
import { problemsWith } from './problems-with.js';

/** A function with a known minimum, for measuring samplers. */
export interface Problem {
  readonly name: string;
  readonly space: SearchSpace;
  /** How far the value at a point is above the minimum. */
  regret(hparams: HParams): number;
}

/** The seven problems whose regrets with Optuna 5 are in `test/reference/sampler_regret.jsonl`. */
export const problems: readonly Problem[] = problemsWith({ choice, float, int, searchSpace });
