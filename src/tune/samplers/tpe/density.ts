import type { Arrangement } from './arrangement.js';
import { weightedExponentials } from './exponential.js';
import type { Kernels } from './kernels.js';

/** Rows whose sums are computed at a time: they fit the first cache, and then it may be clear that the rest does not matter. */
const BLOCK = 64;

/** exp of less than this is nothing beside 1, even ten thousand times: 1.4e−21. */
const NEGLIGIBLE = -48;

/** A density at a point, of which the older members may not have been counted yet. */
export interface Density {
  /** Its logarithm (that of the probability, where dimensions have cells or options); no more than that, until it is whole. */
  readonly log: number;
  readonly whole: boolean;
  /** Counts more of the members. */
  proceed(): void;
}

/** What a mixture's densities are computed from; it changes when the mixture observes something. */
export interface Observed {
  readonly kernels: readonly Kernels[];
  rows: number;
  priorShare: number;
  /** The largest of the members' bases. */
  highest: number;
  /** Room for one number a row. */
  sums: Float64Array<ArrayBuffer>;
  /** In the order of the arrangement: each row's share, and the sum of its kernels' bases. */
  shares: Float64Array;
  bases: Float64Array;
  arrangement: Arrangement | undefined;
  /** Of each block of the arrangement the logarithm of the largest base and all its shares together. */
  tops: Float64Array;
}

/** A density that may be taken to another point. */
export interface MovableDensity extends Density {
  moveTo(point: ArrayLike<number>): MovableDensity;
}

const RANKS = 98;
const counts = new Uint32Array(RANKS + 1);

/** A density of what is observed; it is to be moved to a point first, and again after something else has been observed. */
export function movableDensity(observed: Observed): MovableDensity {
  const { kernels } = observed;
  let point: ArrayLike<number> = [];
  let [prior, shift, sum] = [0, 0, 0];
  /** The rows before it are not counted yet: the newest come first, as they count most. */
  let end = 0;
  /** How many of the blocks have been counted, or do not matter. */
  let passed = 0;
  /** No less than the logarithm of what the kernels of each block are together at the point. */
  let bounds = new Float64Array(0);
  let ranks = new Uint8Array(0);
  /** The blocks, those first that may count most. */
  let order = new Uint16Array(0);

  const plan = (tops: Float64Array) => {
    const blocks = tops.length;
    if (order.length !== blocks) {
      [bounds, ranks, order] = [new Float64Array(blocks), new Uint8Array(blocks), new Uint16Array(blocks)];
    }
    let largest = Number.NEGATIVE_INFINITY;
    for (let block = 0; block < blocks; block++) {
      let bound = tops[block] as number;
      if (bound !== Number.NEGATIVE_INFINITY) {
        for (let d = 0; d < kernels.length; d++) bound += (kernels[d] as Kernels).most(point[d] as number, block);
      }
      bounds[block] = bound;
      if (bound > largest) largest = bound;
    }
    // In steps of a half down to what is negligible: sorted well enough, in linear time.
    counts.fill(0);
    for (let block = 0; block < blocks; block++) {
      const rank = Math.min(RANKS - 1, Math.floor(2 * (largest - (bounds[block] as number)))) || 0;
      ranks[block] = rank;
      counts[rank + 1] = (counts[rank + 1] as number) + 1;
    }
    for (let rank = 1; rank < RANKS; rank++) counts[rank] = (counts[rank] as number) + (counts[rank - 1] as number);
    for (let block = 0; block < blocks; block++) {
      const rank = ranks[block] as number;
      order[counts[rank] as number] = block;
      counts[rank] = (counts[rank] as number) + 1;
    }
  };
  const add = (begin: number, to: number) => {
    const { bases, sums } = observed;
    for (let d = 0; d < kernels.length; d++) {
      (kernels[d] as Kernels).add(point[d] as number, d === 0 ? bases : sums, sums, begin, to);
    }
  };
  const count = (begin: number, to: number, least: number) => {
    add(begin, to);
    sum += weightedExponentials(observed.sums, observed.shares, shift, least, begin, to);
  };
  /** Counts what comes next; nothing, if all that is left does not matter. */
  const countNext = (least: number) => {
    const { arrangement } = observed;
    if (arrangement === undefined) {
      const last = end;
      end = Math.max(0, end - BLOCK);
      count(end, last, least);
      return;
    }
    while (passed < order.length) {
      const block = order[passed++] as number;
      if (passed === order.length) end = 0;
      if (!((bounds[block] as number) >= least)) continue;
      count(arrangement.begins[block] as number, arrangement.begins[block + 1] as number, least);
      return;
    }
  };

  const density: MovableDensity = {
    moveTo(to) {
      point = to;
      prior = Math.log(observed.priorShare);
      for (let d = 0; d < kernels.length; d++) prior += (kernels[d] as Kernels).prior(point[d] as number);
      // Beside the prior what is much smaller does not count, and nothing is so large that its exponential would overflow.
      shift = Math.max(prior, observed.highest - 600);
      sum = Math.exp(prior - shift);
      end = observed.rows;
      passed = 0;
      if (observed.arrangement !== undefined) plan(observed.tops);
      return density;
    },
    get log() {
      return Math.log(sum) + shift;
    },
    get whole() {
      return end === 0;
    },
    proceed() {
      countNext(shift + Math.log(Math.max(1, sum)) + NEGLIGIBLE);
      if (end > 0 || sum > 1e-3) return;
      // Where everything is much smaller than it could be: once more, beside the largest.
      const { rows, sums, shares } = observed;
      add(0, rows);
      let largest = prior;
      for (let row = 0; row < rows; row++) if ((sums[row] as number) > largest) largest = sums[row] as number;
      if (largest === Number.NEGATIVE_INFINITY) return;
      const beside = weightedExponentials(sums, shares, largest, largest + NEGLIGIBLE, 0, rows);
      sum = (Math.exp(prior - largest) + beside) * Math.exp(largest - shift);
    },
  };
  return density;
}
