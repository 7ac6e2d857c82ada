import type { Node } from '../../kernels/graph.js';
import { add, div, mul, square } from '../../kernels/ops/arithmetic.js';
import { greater, select } from '../../kernels/ops/comparison.js';
import { sum } from '../../kernels/ops/reduce.js';
import { sqrt } from '../../kernels/ops/transcendental.js';
import { checkValue, positive } from '../options.js';
import { type Optimizer, stateless } from './optimizer.js';

/** max / (norm + 1e-6) when norm > max, else 1, as PyTorch's `clip_grad_norm_`; [1, 1] from the sum of squares [1, 1]. */
export function clipFactor(sumOfSquares: Node, max: number): Node {
  const norm = sqrt(sumOfSquares);
  return select(greater(norm, max), div(max, add(norm, 1e-6)), 1);
}

/** Scales the gradient of each parameter for itself, so that its Euclidean norm is at most `max`. */
export function clipByNorm(max: number): Optimizer {
  checkValue('clipByNorm: max', max, positive);
  return stateless('clipByNorm', g => mul(g, clipFactor(sum(square(g)), max)));
}
