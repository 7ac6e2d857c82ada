import type { Random } from '../../../random.js';
import { type Arrangement, arranger } from './arrangement.js';
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

/** exp of less than this is nothing beside 1, even ten thousand times: 1.4e−21. */
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

/** In which order the blocks of an arrangement are counted at a point. */
interface Plan {
  /** No less than the logarithm of what the kernels of each block are together there. */
  readonly bounds: Float64Array;
  /** The blocks, those first that may count most. */
  readonly order: Uint16Array;
}

const RANKS = 98;
const counts = new Uint32Array(RANKS + 1);

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
  const arranging = arranger(dimensions, columns);
  let arrangement: Arrangement | undefined;
  // In the order of the arrangement: shares and bases, and of each block the logarithm of the largest base and all its shares together.
  let arranged: readonly [Float64Array, Float64Array] = [shares, bases];
  let room: readonly [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] = [shares, bases];
  let tops = new Float64Array(0);

  /** What was planned since the last `observe`, and may be planned over after the next. */
  const plans: Plan[] = [];
  let planned = 0;
  const planAt = (point: readonly number[]): Plan => {
    const blocks = tops.length;
    const free = plans[planned];
    const plan =
      free?.order.length === blocks ? free : { bounds: new Float64Array(blocks), order: new Uint16Array(blocks) };
    plans[planned++] = plan;
    const { bounds, order } = plan;
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
    const rankOf = (block: number) => Math.min(RANKS - 1, Math.floor(2 * (largest - (bounds[block] as number)))) || 0;
    counts.fill(0);
    for (let block = 0; block < blocks; block++) counts[rankOf(block) + 1] = (counts[rankOf(block) + 1] as number) + 1;
    for (let rank = 1; rank < RANKS; rank++) counts[rank] = (counts[rank] as number) + (counts[rank - 1] as number);
    for (let block = 0; block < blocks; block++) {
      const rank = rankOf(block);
      order[counts[rank] as number] = block;
      counts[rank] = (counts[rank] as number) + 1;
    }
    return plan;
  };

  const density = (point: readonly number[]): Density => {
    let prior = Math.log(priorShare);
    for (let d = 0; d < kernels.length; d++) prior += (kernels[d] as Kernels).prior(point[d] as number);
    // Beside the prior what is much smaller does not count, and nothing is so large that its exponential would overflow.
    const shift = Math.max(prior, highest - 600);
    let sum = Math.exp(prior - shift);
    const [ownShares, ownBases] = arranged;
    const add = (begin: number, end: number) => {
      for (let d = 0; d < kernels.length; d++) {
        (kernels[d] as Kernels).add(point[d] as number, d === 0 ? ownBases : sums, sums, begin, end);
      }
    };
    /** The rows before it are not counted yet: the newest come first, as they count most. */
    let end = rows;
    /** Of blocks that are not counted yet; those come first that may count most. */
    let ranks = 0;
    const plan = arrangement && planAt(point);
    /** What is to be counted next; undefined when nothing is, or nothing that matters. */
    const next = (least: number): readonly [number, number] | undefined => {
      if (arrangement === undefined || plan === undefined) {
        const last = end;
        end = Math.max(0, end - BLOCK);
        return [end, last];
      }
      const { order, bounds } = plan;
      while (ranks < order.length) {
        const block = order[ranks++] as number;
        if (ranks === order.length) end = 0;
        if (!((bounds[block] as number) >= least)) continue;
        return [arrangement.begins[block] as number, arrangement.begins[block + 1] as number];
      }
      return undefined;
    };
    return {
      get log() {
        return Math.log(sum) + shift;
      },
      get whole() {
        return end === 0;
      },
      proceed() {
        const least = shift + Math.log(Math.max(1, sum)) + NEGLIGIBLE;
        const part = next(least);
        if (part !== undefined) {
          add(...part);
          sum += weightedExponentials(sums, ownShares, shift, least, ...part);
        }
        if (end > 0 || sum > 1e-3) return;
        // Where everything is much smaller than it could be: once more, beside the largest.
        add(0, rows);
        let largest = prior;
        for (let row = 0; row < rows; row++) if ((sums[row] as number) > largest) largest = sums[row] as number;
        if (largest === Number.NEGATIVE_INFINITY) return;
        const beside = weightedExponentials(sums, ownShares, largest, largest + NEGLIGIBLE, 0, rows);
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
      arrangement = arranging.arrange(rows);
      planned = 0;
      // Rows that were arranged before and have come or gone meanwhile are among the changed ones.
      for (const row of members.changed) touched.add(row);
      for (const some of kernels) some.arrange(arrangement, has, touched);
      if (arrangement === undefined) {
        arranged = [shares, bases];
        return;
      }
      const { order, begins } = arrangement;
      room = [withRoom(room[0], rows), withRoom(room[1], rows)];
      arranged = room;
      tops = topsOf(order, begins, shares, bases, ...room);
    },
    forget() {
      members = noMembers;
      arranging.forget();
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

/** Puts shares and bases in an arrangement's order; returns the logarithm of each block's largest base and all its shares together. */
function topsOf(
  order: Uint32Array,
  begins: readonly number[],
  shares: Float64Array,
  bases: Float64Array,
  ownShares: Float64Array,
  ownBases: Float64Array,
): Float64Array<ArrayBuffer> {
  const tops = new Float64Array(begins.length - 1);
  for (let block = 0; block < tops.length; block++) {
    let [sum, top] = [0, Number.NEGATIVE_INFINITY];
    const end = begins[block + 1] as number;
    for (let k = begins[block] as number; k < end; k++) {
      const row = order[k] as number;
      const [share, base] = [shares[row] as number, bases[row] as number];
      ownShares[k] = share;
      ownBases[k] = base;
      sum += share;
      if (base > top) top = base;
    }
    tops[block] = sum > 0 ? top + Math.log(sum) : Number.NEGATIVE_INFINITY;
  }
  return tops;
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
