import type { Random } from '../../../random.js';
import { arranger } from './arrangement.js';
import { cellKernels } from './cell-kernels.js';
import type { Column } from './column.js';
import { type Density, type MovableDensity, movableDensity, type Observed } from './density.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';
import { lineKernels } from './line-kernels.js';
import { type Members, membersOf, noMembers } from './members.js';
import { optionKernels } from './option-kernels.js';
import { withRoom } from './room.js';

/** What each of `size` members counts, put into `out`. */
export type Weights = (size: number, out?: Float64Array<ArrayBuffer>) => Float64Array;

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
  /** Puts a point of each dimension `into`. */
  draw(random: Random, into: Float64Array): void;
  /** The density at a point, to be followed until the next `observe`, and no longer; until then the point must not change. */
  density(point: ArrayLike<number>): Density;
  /** The logarithm of the density at a point. */
  logDensity(point: ArrayLike<number>): number;
}

/** The mixture over some dimensions, whose observations are in `columns`; the prior has the weight `priorWeight`. */
export function mixture(dimensions: readonly Dimension[], columns: readonly Column[], priorWeight: number): Mixture {
  const kernels = dimensions.map((dimension, d) => {
    const column = columns[d] as Column;
    if (dimension.kind === 'line') return lineKernels(dimension, column);
    return dimension.kind === 'cells' ? cellKernels(dimension, column) : optionKernels(dimension, column, priorWeight);
  });
  let members: Members = noMembers;
  let shares = new Float64Array(0);
  /** By row, the sum of the kernels' bases; −∞ for those that are no members. */
  let bases = new Float64Array(0);
  const arranging = arranger(dimensions, columns);
  let room: readonly [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] = [shares, bases];
  const none = new Float64Array(0);
  const observed: Observed = {
    kernels,
    rows: 0,
    priorShare: 1,
    highest: 0,
    sums: none,
    shares: none,
    bases: none,
    arrangement: undefined,
    tops: none,
  };
  const alone = movableDensity(observed);
  /** Those that were taken to a point since the last `observe`, and may be taken to others after the next. */
  const densities: MovableDensity[] = [];
  let followed = 0;

  return {
    kernels,
    get shares() {
      return shares;
    },
    get priorShare() {
      return observed.priorShare;
    },
    observe(side, sides, weights, least = 0) {
      const rows = columns[0]?.size ?? 0;
      members = membersOf(side, sides, rows, members);
      shares = withRoom(shares, rows);
      bases = withRoom(bases, rows);
      // Also what the weights are put into for the time being.
      observed.sums = withRoom(observed.sums, rows);
      const touched = new Set<number>();
      for (const some of kernels) for (const row of some.update(members, least)) touched.add(row);
      for (const row of touched) {
        let base = 0;
        for (const some of kernels) base += some.base(row);
        bases[row] = base;
      }

      const { size, has } = members;
      const raw = weights(size, observed.sums);
      const prior = size === 0 ? 1 : priorWeight;
      let total = prior;
      for (let member = 0; member < size; member++) total += raw[member] as number;
      observed.rows = rows;
      observed.priorShare = prior / total;
      observed.highest = spread(raw, 1 / total, has, rows, shares, bases);
      observed.arrangement = arranging.arrange(rows);
      followed = 0;
      // Rows that were arranged before and have come or gone meanwhile are among the changed ones.
      for (const row of members.changed) touched.add(row);
      for (const some of kernels) some.arrange(observed.arrangement, has, touched);
      if (observed.arrangement === undefined) {
        [observed.shares, observed.bases] = [shares, bases];
        return;
      }
      const { order, begins } = observed.arrangement;
      room = [withRoom(room[0], rows), withRoom(room[1], rows)];
      [observed.shares, observed.bases] = room;
      observed.tops = topsOf(order, begins, shares, bases, ...room);
    },
    forget() {
      members = noMembers;
      arranging.forget();
      for (const some of kernels) some.forget();
    },
    draw(random, into) {
      let rest = random.uniform() - observed.priorShare;
      let row = -1;
      while (rest >= 0 && row < observed.rows - 1) rest -= shares[++row] as number;
      // The last shares may fall short of 1 by rounding.
      while (row >= 0 && members.has[row] !== 1) row--;
      for (let d = 0; d < kernels.length; d++) into[d] = (kernels[d] as Kernels).draw(row, random.uniform());
    },
    density(point) {
      const next = densities[followed] ?? movableDensity(observed);
      densities[followed++] = next;
      return next.moveTo(point);
    },
    logDensity(point) {
      alone.moveTo(point);
      while (!alone.whole) alone.proceed();
      return alone.log;
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
