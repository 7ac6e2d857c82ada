import type { Selection } from './selection.js';

/**
 * One kernel for each observation of a selection and, last, one for the prior, on one dimension. What lasts is kept between
 * selections, so that one more observation costs little.
 */
export interface Kernels {
  /** Puts the kernels at the selected observations. */
  place(selection: Selection): void;
  /** Adds to the sum of each kernel the part of its log density that is the same everywhere. */
  addBase(sums: Float64Array): void;
  /** Adds to the sum of each kernel the other part, at a point. */
  add(point: number, sums: Float64Array): void;
  /** The point below which lies a fraction `u`, in [0, 1), of a kernel. */
  draw(kernel: number, u: number): number;
  /** The kernels as they are, for people and tests: centres and widths, or the probability of every option. */
  describe(): { readonly mu: Float64Array; readonly sigma: Float64Array } | { readonly weights: readonly number[][] };
}
