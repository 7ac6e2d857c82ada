import { logMass } from '../normal-distribution.js';
import type { Dimension } from './dimension.js';

/** Up to so many cells the masses of each are kept. */
const FEW_CELLS = 4096;

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Normal distributions that differ, by number, and the masses that they have in the cells of a dimension. */
export interface Shapes {
  of(mu: number, sigma: number): number;
  /** Whether there are many more than `size` kernels can have. */
  full(size: number): boolean;
  /** Adds a cell's log mass in the shape of each row to that row's sum, and puts it `into`. */
  add(cell: number, shape: Uint32Array, sums: Float64Array, into: Float64Array, begin: number, end: number): void;
}

/** No shapes yet. */
export function shapesOf({ count, edge }: Dimension): Shapes {
  const mus: number[] = [];
  const sigmas: number[] = [];
  const logSigmas: number[] = [];
  const numbers = new Map<number, Map<number, number>>();
  /** By cell: the log mass in each shape, NaN until it is asked for. */
  const masses = new Map<number, Float64Array>();

  /** Its density in its middle, to the fourth order, where that loses nothing: where the difference of two masses would. */
  const massOf = (s: number, from: number, to: number, logWidth: number) => {
    const [mu, sigma] = [mus[s] as number, sigmas[s] as number];
    const [z, width] = [(0.5 * (from + to) - mu) / sigma, (to - from) / sigma];
    if (!(width < 0.02 && Math.abs(z) * width < 0.05)) return logMass((from - mu) / sigma, (to - mu) / sigma);
    const [ww, zz] = [width * width, z * z];
    const e = (ww * (zz - 1)) / 24 + (ww * ww * (zz * zz - 6 * zz + 3)) / 1920;
    return logWidth - (logSigmas[s] as number) - LOG_SQRT_2PI - 0.5 * zz + e * (1 - e * (0.5 - e / 3));
  };

  return {
    of(mu, sigma) {
      const same = numbers.get(mu) ?? new Map<number, number>();
      numbers.set(mu, same);
      const known = same.get(sigma);
      if (known !== undefined) return known;
      const number = mus.push(mu) - 1;
      sigmas.push(sigma);
      logSigmas.push(Math.log(sigma));
      same.set(sigma, number);
      return number;
    },
    full: size => mus.length > 4 * (size + 64) || masses.size * mus.length > 2 ** 22,
    add(cell, shape, sums, into, begin, end) {
      const [from, to] = [edge(cell), edge(cell + 1)];
      const logWidth = Math.log(to - from);
      if (count > FEW_CELLS) {
        for (let row = begin; row < end; row++) {
          const sum = sums[row] as number;
          // Those that take no part.
          const none = sum === Number.NEGATIVE_INFINITY;
          into[row] = none ? sum : sum + massOf(shape[row] as number, from, to, logWidth);
        }
        return;
      }
      let known = masses.get(cell);
      if (known === undefined || known.length < mus.length) {
        const more = new Float64Array(2 * mus.length).fill(Number.NaN);
        if (known !== undefined) more.set(known);
        masses.set(cell, more);
        known = more;
      }
      for (let row = begin; row < end; row++) {
        const s = shape[row] as number;
        let mass = known[s] as number;
        if (Number.isNaN(mass)) {
          mass = massOf(s, from, to, logWidth);
          known[s] = mass;
        }
        into[row] = (sums[row] as number) + mass;
      }
    },
  };
}
