import type { Arrangement } from './arrangement.js';
import type { Members } from './members.js';

/** One kernel for each member on one dimension, by its row, and one for the prior. */
export interface Kernels {
  /**
   * Puts the kernels where the members are now.
   *
   * @param least as many members as there are at least taken to be
   * @returns the rows of the members whose kernel has changed.
   */
  update(members: Members, least: number): Iterable<number>;
  /** Forgets all members: the rows will be others. */
  forget(): void;
  /** The part of a kernel's log density that is the same everywhere: no less than its log density anywhere. */
  base(row: number): number;
  /**
   * Puts the kernels in an arrangement's order for `add` and `most`; without one, they are in that of the rows.
   *
   * @param changed the rows that have come or gone, or whose kernel has changed, since the last time
   */
  arrange(arrangement: Arrangement | undefined, has: Uint8Array, changed: Iterable<number>): void;
  /** What `add` adds at a point in a block of the arrangement is nowhere more than this. */
  most(point: number, block: number): number;
  /** Adds the other part at a point, which is never above 0, to `sums`, and puts it `into`; for those from `begin` up to, not including, `end`. */
  add(point: number, sums: Float64Array, into: Float64Array, begin: number, end: number): void;
  /** The prior's log density at a point. */
  prior(point: number): number;
  /** The point below which lies a fraction `u`, in [0, 1), of a member's kernel, or of the prior for row −1. */
  draw(row: number, u: number): number;
  /** A kernel as it is, the prior's for row −1: centre and width, or the probability of every option. */
  describe(row: number): { readonly mu: number; readonly sigma: number } | { readonly weights: readonly number[] };
}
