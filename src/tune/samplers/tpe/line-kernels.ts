import { logMass } from '../normal-distribution.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';
import { withRoom } from './room.js';
import { tailsOf, truncatedNormalQuantile } from './truncated-normal.js';
import { touched, widthOf } from './widths.js';

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Normal distributions, cut off at the ends of a line. */
export function lineKernels(dimension: Dimension, column: Column): Kernels {
  const { low, high } = dimension;
  const [middle, range] = [low + 0.5 * (high - low), high - low];
  const peak = (mu: number, sigma: number, [below, above]: readonly [number, number]) => {
    // At the very end, half of it is cut off, and the difference would lose digits.
    const inside = mu < high ? Math.log1p(-below - above) : logMass((low - mu) / sigma, (high - mu) / sigma);
    return -inside - Math.log(sigma) - LOG_SQRT_2PI;
  };
  const priorPeak = peak(middle, range, tailsOf(middle, range, low, high));
  let size = 0;
  let widths = new Float64Array(0);
  /** 1 / (σ √2). */
  let narrowness = new Float64Array(0);
  let peaks = new Float64Array(0);
  /** What is cut off below and above. */
  let tails: readonly [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] = [widths, widths];
  // In the order of the arrangement: centres and narrownesses, and of each block its ends and its widest kernel's narrowness.
  let [centres, factors] = [new Float64Array(0), new Float64Array(0)];
  let [lows, highs, least] = [new Float64Array(0), new Float64Array(0), new Float64Array(0)];
  let arranged: readonly [Float64Array, Float64Array] = [centres, factors];
  return {
    update(members, least) {
      widths = withRoom(widths, column.size);
      narrowness = withRoom(narrowness, column.size);
      peaks = withRoom(peaks, column.size);
      tails = [withRoom(tails[0], column.size), withRoom(tails[1], column.size)];
      const rows = touched(column, members, size);
      size = members.size;
      for (const row of rows) {
        const width = widthOf(dimension, column, members, row, least);
        if (width === widths[row]) continue;
        widths[row] = width;
        narrowness[row] = Math.SQRT1_2 / width;
        const mu = column.places[row] as number;
        const cut = tailsOf(mu, width, low, high);
        [tails[0][row], tails[1][row]] = cut;
        peaks[row] = peak(mu, width, cut);
      }
      return rows;
    },
    forget() {
      size = 0;
      widths.fill(0);
    },
    arrange(arrangement, has, changed) {
      if (arrangement === undefined) {
        arranged = [column.places, narrowness];
        return;
      }
      const { order, begins, places, blocks, kept } = arrangement;
      const [count, n] = [begins.length - 1, begins.at(-1) as number];
      centres = withRoom(centres, n);
      factors = withRoom(factors, n);
      arranged = [centres, factors];
      [lows, highs, least] = [withRoom(lows, count), withRoom(highs, count), withRoom(least, count)];
      const stale = new Set<number>();
      if (kept === 0) for (let block = 0; block < count; block++) stale.add(block);
      for (let row = kept; row < n; row++) stale.add(blocks[places[row] as number] as number);
      for (const row of changed) stale.add(blocks[places[row] as number] as number);
      for (const block of stale) {
        let [lowest, highest, factor] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
        const end = begins[block + 1] as number;
        for (let k = begins[block] as number; k < end; k++) {
          const row = order[k] as number;
          const centre = column.places[row] as number;
          const own = narrowness[row] as number;
          centres[k] = centre;
          factors[k] = own;
          if (has[row] !== 1) continue;
          if (centre < lowest) lowest = centre;
          if (centre > highest) highest = centre;
          if (own < factor) factor = own;
        }
        lows[block] = lowest;
        highs[block] = highest;
        least[block] = factor;
      }
    },
    most(point, block) {
      const distance = Math.max(0, (lows[block] as number) - point, point - (highs[block] as number));
      return distance === 0 ? 0 : -((distance * (least[block] as number)) ** 2);
    },
    base: row => peaks[row] as number,
    add(point, sums, into, begin, end) {
      // Constants of this call, which the loop would look for again and again.
      const [mus, narrow] = arranged;
      for (let row = begin; row < end; row++) {
        const z = (point - (mus[row] as number)) * (narrow[row] as number);
        into[row] = (sums[row] as number) - z * z;
      }
    },
    prior: point => priorPeak - 0.5 * ((point - middle) / range) ** 2,
    draw(row, u) {
      if (row < 0) return dimension.point(truncatedNormalQuantile(middle, range, low, high, u));
      const cut = [tails[0][row] as number, tails[1][row] as number] as const;
      const [mu, sigma] = [column.places[row] as number, widths[row] as number];
      return dimension.point(truncatedNormalQuantile(mu, sigma, low, high, u, cut));
    },
    describe: row =>
      row < 0 ? { mu: middle, sigma: range } : { mu: column.places[row] as number, sigma: widths[row] as number },
  };
}
