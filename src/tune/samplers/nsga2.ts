import { checkWhole } from '../../early-stopping/arguments.js';
import { type Random, random } from '../../random.js';
import type { HParams } from '../events.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { TrialRecord } from '../study-state.js';
import { learnByGeneration } from './learn-by-generation.js';
import { offspring } from './nsga2/offspring.js';
import { type Ranked, survivors } from './nsga2/survivors.js';
import type { Sampler } from './sampler.js';
import { coordinatesOf, pointAt, samePoint, unitCoordinates } from './unit-coordinates.js';

/** Options of `nsga2`. */
export interface Nsga2Options {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
  /** Trials a generation, at least 2; the first generation is drawn at random. Default 50. */
  readonly population?: number | undefined;
}

/** A point that breaks a constraint, or equals one of its parents, is drawn again this often. */
const REDRAWS = 100;

/**
 * NSGA-II, for several objectives: each generation's points come from the best of all before it, by the front that they are on
 * and, within a front, by how much room there is around them (Deb, Pratap, Agarwal, Meyarivan, 2002). Numbers are crossed by
 * simulated binary crossover and mutated polynomially, options are taken from either parent. A generation of trials by number
 * learns from those before it that have finished; pruned trials come after complete ones, failed ones last.
 *
 * @throws InputError for a population that is not a whole number from 2 on.
 */
export function nsga2(options: Nsga2Options = {}): Sampler {
  requireSamplerSeed('nsga2', options);
  const { population = 50 } = options;
  checkWhole('nsga2', 'population', population, 2);
  return {
    name: 'nsga2',
    begin({ space, objective, objectives = [objective], seed: studySeed }) {
      const seed = options.seed ?? studySeed;
      const coordinates = unitCoordinates(space);
      const parentsOf = learnByGeneration<readonly Ranked[]>({
        begin: [],
        size: () => population,
        enough: 0,
        learn: (left, finished) =>
          survivors([...left.map(({ record }) => record), ...finished], objectives, population),
      });

      return {
        ask(trial, history, attempt = 0) {
          const parents = parentsOf(trial, history);
          const propose = (draws: Random) => {
            if (parents.length < 2)
              return {
                point: pointAt(
                  space,
                  coordinates.map(() => draws.uniform()),
                ),
                isNew: true,
              };
            const [a, b] = [tournament(parents, draws), tournament(parents, draws)];
            const [from, other] = [a, b].map(one => coordinatesOf(coordinates, one.hparams)) as [
              Float64Array,
              Float64Array,
            ];
            const point = pointAt(space, offspring(coordinates, from, other, draws));
            return { point, isNew: !samePoint(point, a.hparams) && !samePoint(point, b.hparams) };
          };
          let fallback: HParams | undefined;
          for (let again = 0; again < REDRAWS; again++) {
            const { point, isNew } = propose(random(seed, 'nsga2', trial, attempt, again));
            const allowed = space.allows(point);
            if (allowed && isNew) return point;
            if (fallback === undefined || (allowed && !space.allows(fallback))) fallback = point;
          }
          return fallback;
        },
      };
    },
  };
}

/** The better of two, by front, then by the room around it. */
function tournament(parents: readonly Ranked[], draws: Random): TrialRecord {
  const [a, b] = [draws.int(0, parents.length - 1), draws.int(0, parents.length - 1)].map(i => parents[i]) as [
    Ranked,
    Ranked,
  ];
  const aWins = a.front === b.front ? a.room >= b.room : a.front < b.front;
  return aWins ? a.record : b.record;
}
