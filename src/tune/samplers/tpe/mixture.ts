import type { Random } from '../../../random.js';
import { cellKernels } from './cell-kernels.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import { weightedExponentials } from './exponential.js';
import type { Kernels } from './kernels.js';
import { lineKernels } from './line-kernels.js';
import { type Members, membersOf, noMembers } from './members.js';
import { optionKernels } from './option-kernels.js';
import { withRoom } from './room.js';

/** Rows whose sums are computed at a time: they fit the first cache, and then it may be clear that the rest does not matter. */
const BLOCK = 256;

/** exp of less than this is nothing beside 1, even ten thousand times. */
const NEGLIGIBLE = -48;

/** What each of `size` members counts, put into `out`. */
export type Weights = (size: number, out?: Float64Array<ArrayBuffer>) => Float64Array;

/** A density at a point, of which the older members may not have been counted yet. */
export interface Density {
  /** Its logarithm (that of the probability, where dimensions have cells or options); no more than that, until it is whole. */
  readonly log: number;
  readonly whole: boolean;
  /** Counts more of the members. */
  proceed(): void;
}

/** A density over some dimensions together: a weighted sum of products of kernels, one for each member and one for the prior. */
export interface Mixture {
  readonly kernels: readonly Kernels[];
  /** By row, a member's share; with `priorShare` they add up to 1. */
  readonly shares: Float64Array;
  readonly priorShare: number;
  /**
   * Takes the rows on a side as its members, each with its weight; without any, the prior is all.
   *
   * @param least kernels are as narrow as those of at least so many members
   */
  observe(side: number, sides: Uint8Array, weights: Weights, least?: number): void;
  /** Forgets its members: the rows will be others. */
  forget(): void;
  /** A point of each dimension. */
  draw(random: Random): number[];
  /** The density at a point, to be followed until the next `observe`. */
  density(point: readonly number[]): Density;
  /** The logarithm of the density at a point. */
  logDensity(point: readonly number[]): number;
}

/** The mixture over some dimensions, whose observations are in `columns`; the prior has the weight `priorWeight`. */
export function mixture(dimensions: readonly Dimension[], columns: readonly Column[], priorWeight: number): Mixture {
  const kernels = dimensions.map((dimension, d) => {
    const column = columns[d] as Column;
    if (dimension.kind === 'line') return lineKernels(dimension, column);
    return dimension.kind === 'cells' ? cellKernels(dimension, column) : optionKernels(dimension, column, priorWeight);
  });
  let members: Members = noMembers;
  let rows = 0;
  let shares = new Float64Array(0);
  let priorShare = 1;
  /** By row, the sum of the kernels' bases; −∞ for those that are no members. */
  let bases = new Float64Array(0);
  let highest = 0;
  let sums = new Float64Array(0);

  const density = (point: readonly number[]): Density => {
    let prior = Math.log(priorShare);
    for (let d = 0; d < kernels.length; d++) prior += (kernels[d] as Kernels).prior(point[d] as number);
    // Beside the prior what is much smaller does not count, and nothing is so large that its exponential would overflow.
    const shift = Math.max(prior, highest - 600);
    let sum = Math.exp(prior - shift);
    /** The rows before it are not counted yet: the newest come first, as they count most. */
    let end = rows;
    const add = (begin: number) => {
      for (let d = 0; d < kernels.length; d++) {
        (kernels[d] as Kernels).add(point[d] as number, d === 0 ? bases : sums, sums, begin, end);
      }
    };
    return {
      get log() {
        return Math.log(sum) + shift;
      },
      get whole() {
        return end === 0;
      },
      proceed() {
        const begin = Math.max(0, end - BLOCK);
        add(begin);
        sum += weightedExponentials(sums, shares, shift, shift + Math.log(Math.max(1, sum)) + NEGLIGIBLE, begin, end);
        end = begin;
        if (end > 0 || sum > 1e-3) return;
        // Where everything is much smaller than it could be: once more, beside the largest.
        end = rows;
        add(0);
        end = 0;
        let largest = prior;
        for (let row = 0; row < rows; row++) if ((sums[row] as number) > largest) largest = sums[row] as number;
        if (largest === Number.NEGATIVE_INFINITY) return;
        const beside = weightedExponentials(sums, shares, largest, largest + NEGLIGIBLE, 0, rows);
        sum = (Math.exp(prior - largest) + beside) * Math.exp(largest - shift);
      },
    };
  };

  return {
    kernels,
    get shares() {
      return shares;
    },
    get priorShare() {
      return priorShare;
    },
    observe(side, sides, weights, least = 0) {
      rows = columns[0]?.size ?? 0;
      members = membersOf(side, sides, rows, members);
      shares = withRoom(shares, rows);
      bases = withRoom(bases, rows);
      // Also what the weights are put into for the time being.
      sums = withRoom(sums, rows);
      const touched = new Set<number>();
      for (const some of kernels) for (const row of some.update(members, least)) touched.add(row);
      for (const row of touched) {
        let base = 0;
        for (const some of kernels) base += some.base(row);
        bases[row] = base;
      }

      const { size, has } = members;
      const raw = weights(size, sums);
      const prior = size === 0 ? 1 : priorWeight;
      let total = prior;
      for (let member = 0; member < size; member++) total += raw[member] as number;
      priorShare = prior / total;
      highest = spread(raw, 1 / total, has, rows, shares, bases);
    },
    forget() {
      members = noMembers;
      for (const some of kernels) some.forget();
    },
    draw(random) {
      let rest = random.uniform() - priorShare;
      let row = -1;
      while (rest >= 0 && row < rows - 1) rest -= shares[++row] as number;
      // The last shares may fall short of 1 by rounding.
      while (row >= 0 && members.has[row] !== 1) row--;
      return kernels.map(some => some.draw(row, random.uniform()));
    },
    density,
    logDensity(point) {
      const whole = density(point);
      while (!whole.whole) whole.proceed();
      return whole.log;
    },
  };
}

/** Gives each member's row its share and the others none; returns the largest of the members' bases. */
function spread(
  weights: Float64Array,
  scale: number,
  has: Uint8Array,
  rows: number,
  shares: Float64Array,
  bases: Float64Array,
): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let row = 0, member = 0; row < rows; row++) {
    if (has[row] === 1) {
      shares[row] = (weights[member++] as number) * scale;
      if ((bases[row] as number) > highest) highest = bases[row] as number;
    } else {
      shares[row] = 0;
      bases[row] = Number.NEGATIVE_INFINITY;
    }
  }
  return highest;
}
