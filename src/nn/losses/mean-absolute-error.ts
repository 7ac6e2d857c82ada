import { abs, sub } from '../../kernels/ops/arithmetic.js';
import type { Loss } from './loss.js';
import { checkValues, weightedMean } from './weighted-mean.js';

/** Mean over rows and outputs of |prediction − target|. */
export function meanAbsoluteError(): Loss {
  return {
    name: 'meanAbsoluteError',
    config: 'meanAbsoluteError',
    targets: 'values',
    apply({ prediction, target, weights }) {
      checkValues('meanAbsoluteError', prediction, target);
      return weightedMean(abs(sub(prediction, target)), weights);
    },
    link: prediction => prediction,
  };
}
