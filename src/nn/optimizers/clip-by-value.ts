import { maximum, minimum } from '../../kernels/ops/arithmetic.js';
import { checkValue, positive } from '../options.js';
import { type Optimizer, stateless } from './optimizer.js';

/** Cuts every element of the gradients to [−max, max]. */
export function clipByValue(max: number): Optimizer {
  checkValue('clipByValue: max', max, positive);
  return stateless('clipByValue', g => minimum(maximum(g, -max), max));
}
