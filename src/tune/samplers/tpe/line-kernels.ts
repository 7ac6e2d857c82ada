import { logMass } from '../normal-distribution.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import { kept } from './kept.js';
import type { Kernels } from './kernels.js';
import { truncatedNormalQuantile } from './truncated-normal.js';
import { widths } from './widths.js';

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Normal distributions, cut off at the ends of a line. */
export function lineKernels(dimension: Dimension, column: Column): Kernels {
  const { low, high } = dimension;
  const norms = kept((mu, sigma) => -logMass((low - mu) / sigma, (high - mu) / sigma) - Math.log(sigma) - LOG_SQRT_2PI);
  const [middle, range] = [low + 0.5 * (high - low), high - low];
  const priorNorm = norms.of(middle, range);
  let size = 0;
  let mu = new Float64Array(0);
  let sigma = new Float64Array(0);
  /** 1 / (σ √2). */
  let narrowness = new Float64Array(0);
  let norm = new Float64Array(0);
  return {
    place(selection) {
      size = selection.size;
      if (mu.length <= size) {
        mu = new Float64Array(2 * size + 16);
        sigma = new Float64Array(mu.length);
        narrowness = new Float64Array(mu.length);
        norm = new Float64Array(mu.length);
      }
      widths(dimension, column, selection, sigma);
      norms.reserve(column.size);
      for (let k = 0; k < size; k++) {
        const row = selection.rows[k] as number;
        const [place, width] = [column.places[row] as number, sigma[k] as number];
        mu[k] = place;
        narrowness[k] = Math.SQRT1_2 / width;
        norm[k] = norms.at(row, place, width);
      }
      mu[size] = middle;
      sigma[size] = range;
      narrowness[size] = Math.SQRT1_2 / range;
      norm[size] = priorNorm;
    },
    addBase(sums) {
      for (let k = 0; k <= size; k++) sums[k] = (sums[k] as number) + (norm[k] as number);
    },
    add(point, sums) {
      for (let k = 0; k <= size; k++) {
        const z = (point - (mu[k] as number)) * (narrowness[k] as number);
        sums[k] = (sums[k] as number) - z * z;
      }
    },
    draw: (kernel, u) =>
      dimension.point(truncatedNormalQuantile(mu[kernel] as number, sigma[kernel] as number, low, high, u)),
    describe: () => ({ mu: mu.slice(0, size + 1), sigma: sigma.slice(0, size + 1) }),
  };
}
