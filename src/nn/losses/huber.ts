import { abs, minimum, mul, sub } from '../../kernels/ops/arithmetic.js';
import { checkOptions, positive } from '../options.js';
import type { Loss } from './loss.js';
import { checkValues, weightedMean } from './weighted-mean.js';

/** Options of `huber`. */
export interface HuberOptions {
  /** Where the square becomes a line; 1 unless stated. */
  readonly delta?: number | undefined;
}

/**
 * Mean over rows and outputs of ½e² for |e| ≤ δ, else δ·(|e| − ½δ), with e = prediction − target (Huber, 1964).
 * Written as a·(|e| − ½a) with a = min(|e|, δ): one formula for both arms, so a large e never meets its square.
 */
export function huber(options: HuberOptions = {}): Loss {
  const { delta = 1 } = checkOptions('huber', options, { delta: positive });
  return {
    name: 'huber',
    config: { huber: { delta } },
    targets: 'values',
    apply({ prediction, target, weights }) {
      checkValues('huber', prediction, target);
      const error = abs(sub(prediction, target));
      const clipped = minimum(error, delta);
      return weightedMean(mul(clipped, sub(error, mul(clipped, 0.5))), weights);
    },
    link: prediction => prediction,
  };
}
