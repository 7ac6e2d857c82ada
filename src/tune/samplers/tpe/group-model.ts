import type { Random } from '../../../random.js';
import type { HParams } from '../../events.js';
import { type Column, column } from './column.js';
import type { Density } from './density.js';
import { dimensionOf } from './dimension.js';
import type { Group } from './groups.js';
import { mixture } from './mixture.js';
import type { Split } from './split.js';
import { equalWeights, recencyWeights } from './weights.js';

/** On which side of the split a trial is. */
export const side = { bad: 0, good: 1, none: 2 } as const;

/** Candidates for the values of a group's hyperparameters. */
export interface Candidates {
  /** The one that is the `rank`-th, from 0, by how much likelier it is among the good trials than among the bad ones. */
  at(rank: number): HParams;
}

/** The two densities over one group's hyperparameters. */
export interface GroupModel {
  readonly group: Group;
  /** Adds the hyperparameters of the next trial. */
  push(hparams: HParams): void;
  /**
   * Some points drawn from the density of the good trials.
   *
   * @param sides the side of every trial, in the order of `push`
   * @param split which trials are good, and as how many they count
   */
  candidates(n: number, sides: Uint8Array, split: Split, random: Random): Candidates;
}

/** A model that knows no trial yet; `equal`: the good trials count the same, however old they are. */
export function groupModel(group: Group, priorWeight: number, equal: boolean): GroupModel {
  const dimensions = group.hyperparameters.map(dimensionOf);
  const columns = dimensions.map(column);
  const bad = mixture(dimensions, columns, priorWeight);
  const goodColumns = dimensions.map(column);
  const good = mixture(dimensions, goodColumns, priorWeight);
  /** What the good density is of; mostly it is the same as at the last draw. */
  let observed: { readonly rows: readonly number[]; readonly comparable: number } | undefined;
  /** By row, the trial, and by trial the row: only those that have all of the group's hyperparameters have one. */
  const trials: number[] = [];
  const rows: number[] = [];
  const points: Float64Array[] = [];
  return {
    group,
    push(hparams) {
      const places = dimensions.map(dimension => dimension.place(hparams[dimension.name]));
      const lacks = places.some(Number.isNaN);
      const row = lacks ? -1 : trials.push(rows.length) - 1;
      rows.push(row);
      if (!lacks) for (const [d, place] of places.entries()) columns[d]?.push(place);
    },
    candidates(n, sides, split, random) {
      const ofRows = trials.length === rows.length ? sides : Uint8Array.from(trials, trial => sides[trial] as number);
      bad.observe(side.bad, ofRows, recencyWeights);
      // The good ones are few and change, so they have columns of their own.
      const goodRows = split.good.map(trial => rows[trial] as number).filter(row => row >= 0);
      goodRows.sort((a, b) => a - b);
      if (!observed || observed.comparable !== split.comparable || !sameRows(observed.rows, goodRows)) {
        observed = { rows: goodRows, comparable: split.comparable };
        for (const [d, all] of columns.entries()) refill(goodColumns[d] as Column, all, goodRows);
        good.forget();
        const onGoodSide = new Uint8Array(goodRows.length).fill(side.good);
        good.observe(side.good, onGoodSide, equal ? equalWeights : recencyWeights, split.comparable);
      }

      while (points.length < n) points.push(new Float64Array(dimensions.length));
      const scores: Score[] = [];
      for (let c = 0; c < n; c++) good.draw(random, points[c] as Float64Array);
      for (let c = 0; c < n; c++) {
        const point = points[c] as Float64Array;
        scores.push({ likely: good.logDensity(point), unlikely: bad.density(point) });
      }
      const ranking: HParams[] = [];
      const left = new Set(scores.keys());
      return {
        at(rank) {
          while (ranking.length <= rank) {
            const best = largest(scores, left);
            left.delete(best);
            const values = dimensions.map(({ name, value }, d) => [name, value(points[best]?.[d] as number)] as const);
            ranking.push(Object.fromEntries(values));
          }
          return ranking[rank] as HParams;
        },
      };
    },
  };
}

function sameRows(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((row, i) => row === others[i]);
}

/** Puts the observations of a column in some rows into another, instead of those that are there. */
function refill(into: Column, { places }: Column, rows: readonly number[]): void {
  into.clear();
  for (const row of rows) into.push(places[row] as number);
}

/** A candidate's logarithmic density among the good trials, and its density among the bad ones. */
interface Score {
  readonly likely: number;
  readonly unlikely: Density;
}

/** How much likelier a candidate is among the good trials; where both densities are 0, there is nothing to be said for it. */
function ratioOf({ likely, unlikely }: Score): number {
  const ratio = likely - unlikely.log;
  return Number.isNaN(ratio) ? Number.NEGATIVE_INFINITY : ratio;
}

/**
 * The largest score of those left, of equal ones the first. A score only sinks while more of the bad trials are counted, so they are
 * counted for the one that seems the largest, until it is for certain.
 */
function largest(scores: readonly Score[], left: ReadonlySet<number>): number {
  const bounds = new Float64Array(scores.length).fill(Number.NaN);
  for (const c of left) bounds[c] = ratioOf(scores[c] as Score);
  while (true) {
    let found = -1;
    for (let c = 0; c < bounds.length; c++) {
      const bound = bounds[c] as number;
      if (found < 0 ? !Number.isNaN(bound) : bound > (bounds[found] as number)) found = c;
    }
    const best = scores[found] as Score;
    if (best.unlikely.whole) return found;
    best.unlikely.proceed();
    bounds[found] = ratioOf(best);
  }
}
