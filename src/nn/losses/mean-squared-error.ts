import { square, sub } from '../../kernels/ops/arithmetic.js';
import type { Loss } from './loss.js';
import { checkValues, weightedMean } from './weighted-mean.js';

/** Mean over rows and outputs of (prediction − target)². */
export function meanSquaredError(): Loss {
  return {
    name: 'meanSquaredError',
    config: 'meanSquaredError',
    targets: 'values',
    apply({ prediction, target, weights }) {
      checkValues('meanSquaredError', prediction, target);
      return weightedMean(square(sub(prediction, target)), weights);
    },
    link: prediction => prediction,
  };
}
