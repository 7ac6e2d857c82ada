import { logMass } from '../normal-distribution.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import { kept } from './kept.js';
import type { Kernels } from './kernels.js';
import { truncatedNormalQuantile } from './truncated-normal.js';
import { widths } from './widths.js';

/** How many log masses are kept at most: 16 MB. */
const ROOM = 2 ** 21;

/**
 * Normal distributions, cut off at the ends of a line that is divided into cells, of which each has the mass of its part. Observations
 * in the same cell mostly have equal kernels, whose masses are computed once.
 */
export function cellKernels(dimension: Dimension, column: Column): Kernels {
  const { low, high } = dimension;
  const [middle, range] = [low + 0.5 * (high - low), high - low];
  /** The kernels that differ. */
  const mus: number[] = [];
  const sigmas: number[] = [];
  const norms: number[] = [];
  const shapes = new Map<number, Map<number, number>>();
  /** By cell: the log mass of each of those kernels, NaN until it is asked for. */
  const masses = new Map<number, Float64Array>();
  let room = 64;

  const shapeOf = (mu: number, sigma: number) => {
    const same = shapes.get(mu) ?? new Map<number, number>();
    shapes.set(mu, same);
    const known = same.get(sigma);
    if (known !== undefined) return known;
    const shape = mus.push(mu) - 1;
    sigmas.push(sigma);
    norms.push(-logMass((low - mu) / sigma, (high - mu) / sigma));
    same.set(sigma, shape);
    return shape;
  };
  const shapeAt = kept(shapeOf);
  const forget = () => {
    for (const list of [mus, sigmas, norms]) list.length = 0;
    shapes.clear();
    masses.clear();
    shapeAt.clear();
  };

  let size = 0;
  let sigma = new Float64Array(0);
  let shape = new Uint32Array(0);
  return {
    place(selection) {
      size = selection.size;
      if (masses.size * room > ROOM || mus.length > ROOM) forget();
      if (shape.length <= size) {
        sigma = new Float64Array(2 * size + 16);
        shape = new Uint32Array(2 * size + 16);
      }
      widths(dimension, column, selection, sigma);
      shapeAt.reserve(column.size);
      for (let k = 0; k < size; k++) {
        const row = selection.rows[k] as number;
        shape[k] = shapeAt.at(row, column.places[row] as number, sigma[k] as number);
      }
      shape[size] = shapeOf(middle, range);
      if (mus.length > room) {
        masses.clear();
        room = 2 * mus.length;
      }
    },
    addBase(sums) {
      for (let k = 0; k <= size; k++) sums[k] = (sums[k] as number) + (norms[shape[k] as number] as number);
    },
    add(point, sums) {
      const known = masses.get(point) ?? new Float64Array(room).fill(Number.NaN);
      masses.set(point, known);
      const [from, to] = [dimension.edge(point), dimension.edge(point + 1)];
      for (let k = 0; k <= size; k++) {
        const s = shape[k] as number;
        let mass = known[s] as number;
        if (Number.isNaN(mass)) {
          const [mu, width] = [mus[s] as number, sigmas[s] as number];
          mass = logMass((from - mu) / width, (to - mu) / width);
          known[s] = mass;
        }
        sums[k] = (sums[k] as number) + mass;
      }
    },
    draw(kernel, u) {
      const s = shape[kernel] as number;
      return dimension.point(truncatedNormalQuantile(mus[s] as number, sigmas[s] as number, low, high, u));
    },
    describe: () => ({
      mu: Float64Array.from(shape.subarray(0, size + 1), s => mus[s] as number),
      sigma: Float64Array.from(shape.subarray(0, size + 1), s => sigmas[s] as number),
    }),
  };
}
