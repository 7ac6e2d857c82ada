import type { Random } from '../../../random.js';
import { cellKernels } from './cell-kernels.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';
import { lineKernels } from './line-kernels.js';
import { optionKernels } from './option-kernels.js';
import type { Selection } from './selection.js';

/** exp of less than this is nothing beside 1, even many times. */
const NEGLIGIBLE = -60;

/** A density over some dimensions together: a weighted sum of products of kernels, one for each observation and one for the prior. */
export interface Mixture {
  /** The kernels' shares, which add up to 1; the prior's comes last. */
  readonly weights: Float64Array;
  readonly kernels: readonly Kernels[];
  /** Takes these observations, each with its weight; with none, the prior alone. */
  observe(selection: Selection, weights: Float64Array): void;
  /** A point of each dimension. */
  draw(random: Random): number[];
  /** The logarithm of the density (of the probability, where dimensions have cells or options). */
  logDensity(point: readonly number[]): number;
}

/** The mixture over some dimensions, whose observations are in `columns`; the prior has the weight `priorWeight`. */
export function mixture(dimensions: readonly Dimension[], columns: readonly Column[], priorWeight: number): Mixture {
  const kernels = dimensions.map((dimension, d) => {
    const column = columns[d] as Column;
    if (dimension.kind === 'line') return lineKernels(dimension, column);
    return dimension.kind === 'cells' ? cellKernels(dimension, column) : optionKernels(dimension, column, priorWeight);
  });
  let shares = new Float64Array(1);
  let base = new Float64Array(1);
  let sums = new Float64Array(1);
  let size = 0;
  return {
    kernels,
    get weights() {
      return shares.slice(0, size + 1);
    },
    observe(selection, weights) {
      size = selection.size;
      if (shares.length <= size) {
        shares = new Float64Array(2 * size + 16);
        base = new Float64Array(shares.length);
        sums = new Float64Array(shares.length);
      }
      const prior = size === 0 ? 1 : priorWeight;
      let total = prior;
      for (let k = 0; k < size; k++) total += weights[k] as number;
      for (let k = 0; k < size; k++) shares[k] = (weights[k] as number) / total;
      shares[size] = prior / total;
      base.fill(0, 0, size + 1);
      for (const some of kernels) {
        some.place(selection);
        some.addBase(base);
      }
      // Not the largest of the sums, as it has no share.
      if (prior === 0) base[size] = Number.NEGATIVE_INFINITY;
    },
    draw(random) {
      let rest = random.uniform();
      let kernel = 0;
      while (kernel < size && rest >= (shares[kernel] as number)) rest -= shares[kernel++] as number;
      return kernels.map(some => some.draw(kernel, random.uniform()));
    },
    logDensity(point) {
      sums.set(base.subarray(0, size + 1));
      for (let d = 0; d < kernels.length; d++) (kernels[d] as Kernels).add(point[d] as number, sums);
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k <= size; k++) if ((sums[k] as number) > largest) largest = sums[k] as number;
      if (largest === Number.NEGATIVE_INFINITY) return largest;
      let sum = 0;
      for (let k = 0; k <= size; k++) {
        const below = (sums[k] as number) - largest;
        if (below > NEGLIGIBLE) sum += (shares[k] as number) * Math.exp(below);
      }
      return Math.log(sum) + largest;
    },
  };
}
