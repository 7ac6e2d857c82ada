import { add, mul } from '../../kernels/ops/arithmetic.js';
import { checkValue, nonNegative } from '../options.js';
import { type Optimizer, stateless } from './optimizer.js';

/** g + λ·p. In a chain before an optimizer it is the L2 penalty ½λ‖p‖²; between its scaling and its rate, as in adamw, decoupled. */
export function weightDecay(rate: number): Optimizer {
  checkValue('weightDecay', rate, nonNegative);
  return stateless('weightDecay', (g, p) => (rate === 0 ? g : add(g, mul(p, rate))));
}
