import type { Node } from '../../kernels/graph.js';
import type { Plain } from '../plain.js';

/** Targets on the host, row by row, and the weights of their rows, if there are any. */
export interface WeightedTargets {
  readonly y: Float32Array;
  readonly weights?: Float32Array | undefined;
}

/** A loss over a batch. A user's own loss is such an object: any composition of ops, no derivative needed. */
export interface Loss {
  readonly name: string;
  /** What a file says of it; a loss without it is stored by its name and must be supplied on loading. */
  readonly config?: Plain | undefined;
  /** What targets it takes: `classes` are indices [rows, 1]; `values` are numbers [rows, outputs]. */
  readonly targets: 'classes' | 'values';
  /**
   * The mean loss, [1, 1]. prediction: [rows, outputs] before the link; target: [rows, 1] or [rows, outputs];
   * weights: [rows, 1], one per row: the result is Σ wᵢ·lossᵢ / Σ wᵢ.
   */
  apply(context: { readonly prediction: Node; readonly target: Node; readonly weights?: Node | undefined }): Node;
  /**
   * Σ wᵢ for these rows, where it is more than the rows' own weights (class weights): by it the means of several
   * batches are put together. Without it the weights are those of the rows, 1 unless stated.
   */
  totalWeight?: ((rows: WeightedTargets) => number) | undefined;
  /** From the network's raw output to what a user wants to see (probabilities for cross-entropies, else the same). */
  link(prediction: Node): Node;
}
