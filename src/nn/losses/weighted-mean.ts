import { InputError } from '../../errors.js';
import { type Node, sameShape, shapeText } from '../../kernels/graph.js';
import { div, maximum, mul } from '../../kernels/ops/arithmetic.js';
import { mean, sum } from '../../kernels/ops/reduce.js';

/** Small enough not to change any real sum of weights, large enough for float32. */
const LEAST_WEIGHT = 1e-30;

/**
 * Σ wᵢⱼ·lᵢⱼ / Σ wᵢⱼ, [1, 1], or the plain mean without weights; 0 when all weights are 0.
 * losses: [rows, columns]; weights: the same shape, or [rows, 1] for one per row.
 */
export function weightedMean(losses: Node, weights: Node | undefined): Node {
  if (weights === undefined) return mean(losses);
  const perRow = weights.shape[1] === 1 && losses.shape[1] > 1 ? mean(losses, 1) : losses;
  return div(sum(mul(perRow, weights)), maximum(sum(weights), LEAST_WEIGHT));
}

/** Checks that prediction and target have one shape: broadcasting them would silently be another loss. */
export function checkValues(loss: string, prediction: Node, target: Node): void {
  if (!sameShape(prediction.shape, target.shape)) {
    throw new InputError(
      `${loss} compares values of one shape, got predictions ${shapeText(prediction.shape)} and targets ${shapeText(target.shape)}`,
    );
  }
}
