import type { Random } from '../../../random.js';
import type { HParams } from '../../events.js';
import { column } from './column.js';
import { dimensionOf } from './dimension.js';
import type { Group } from './groups.js';
import { mixture } from './mixture.js';
import { select } from './selection.js';
import { recencyWeights } from './weights.js';

/** On which side of the split a trial is. */
export const side = { bad: 0, good: 1, none: 2 } as const;

/** Values of one group's hyperparameters, and the log of how much likelier they are among the good trials than among the bad ones. */
export interface Candidate {
  readonly hparams: HParams;
  readonly score: number;
}

/** The two densities over one group's hyperparameters. */
export interface GroupModel {
  readonly group: Group;
  /** Adds the hyperparameters of the next trial. */
  push(hparams: HParams): void;
  /** Drawn from the density of the good trials, the largest score first; `sides` has the side of every trial, in the order of `push`. */
  candidates(n: number, sides: Uint8Array, random: Random): readonly Candidate[];
}

/** A model that knows no trial yet; `equal`: the good trials count the same, however old they are. */
export function groupModel(group: Group, priorWeight: number, equal: boolean): GroupModel {
  const dimensions = group.hyperparameters.map(dimensionOf);
  const columns = dimensions.map(column);
  const good = mixture(dimensions, columns, priorWeight);
  const bad = mixture(dimensions, columns, priorWeight);
  /** The trials that have all of the group's hyperparameters. */
  const trials: number[] = [];
  let pushed = 0;
  return {
    group,
    push(hparams) {
      const trial = pushed++;
      const places = dimensions.map(dimension => dimension.place(hparams[dimension.name]));
      if (places.some(Number.isNaN)) return;
      trials.push(trial);
      for (const [d, place] of places.entries()) columns[d]?.push(place);
    },
    candidates(n, sides, random) {
      const goodOnes = select(trials.length, row => sides[trials[row] as number] === side.good);
      const badOnes = select(trials.length, row => sides[trials[row] as number] === side.bad);
      good.observe(goodOnes, equal ? new Float64Array(goodOnes.size).fill(1) : recencyWeights(goodOnes.size));
      bad.observe(badOnes, recencyWeights(badOnes.size));
      const drawn = Array.from({ length: n }, () => {
        const point = good.draw(random);
        return { point, score: good.logDensity(point) - bad.logDensity(point) };
      });
      return drawn
        .sort((a, b) => b.score - a.score)
        .map(({ point, score }) => ({
          score,
          hparams: Object.fromEntries(dimensions.map(({ name, value }, d) => [name, value(point[d] as number)])),
        }));
    },
  };
}
