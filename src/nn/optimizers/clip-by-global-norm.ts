import { add, mul, square } from '../../kernels/ops/arithmetic.js';
import { sum } from '../../kernels/ops/reduce.js';
import { checkValue, positive } from '../options.js';
import { clipFactor } from './clip-by-norm.js';
import type { Optimizer } from './optimizer.js';

/** Scales all gradients by one factor, so that their common Euclidean norm is at most `max` (Pascanu et al., ICML 2013). */
export function clipByGlobalNorm(max: number): Optimizer {
  checkValue('clipByGlobalNorm: max', max, positive);
  return {
    name: 'clipByGlobalNorm',
    init: () => [],
    scalars: () => [],
    update({ gradients }) {
      const factor = clipFactor(
        gradients.map(g => sum(square(g))).reduce((a, b) => add(a, b)),
        max,
      );
      return { updates: gradients.map(g => mul(g, factor)), state: [] };
    },
  };
}
