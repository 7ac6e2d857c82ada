import { checkNumber, checkWhole } from '../../early-stopping/arguments.js';
import { random } from '../../random.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { TrialRecord } from '../study-state.js';
import { byRank } from './by-rank.js';
import { beginEvolution, type Evolution, evolve, stepFrom, whitened } from './cmaes/evolution.js';
import { learnByGeneration } from './learn-by-generation.js';
import type { Sampler } from './sampler.js';
import { coordinatesOf, pointAt, samePoint, type UnitCoordinate, unitCoordinates } from './unit-coordinates.js';

/** Options of `cmaes`. */
export interface CmaesOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
  /** Trials a generation, λ, at least 4. Default: 4 + ⌊3 ln n⌋ for n hyperparameters that are numbers or ordinals. */
  readonly population?: number | undefined;
  /** The first standard deviation, as a share of every hyperparameter's range. Default 0.25. */
  readonly sigma?: number | undefined;
}

/** What a generation's trials are drawn from. */
interface Generation {
  readonly evolution: Evolution;
  readonly population: number;
  /** How often the search began anew. */
  readonly restarts: number;
}

/** Steps outside the box are drawn again this often before they are cut off. */
const REDRAWS = 100;

/**
 * CMA-ES: trials are drawn, a generation at a time, from a normal distribution that moves, widens and turns towards the better
 * half of each generation and away from the worse one (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016). Ranges are
 * searched in [0, 1], log ranges in the logarithm; whole numbers, steps and ordinals keep a least chance to change (the margin of
 * Hamano, Saito, Nomura, Shirakawa, 2022); the options of choices are drawn independently. A generation of trials by number is
 * learnt from when all its trials have finished, or at least half of them when more are asked for; a point that came from elsewhere
 * counts with a bounded length (Hansen, "Injecting External Solutions Into CMA-ES", 2011). A search that has converged begins anew
 * elsewhere with twice the population (Auger and Hansen, 2005). For continuous spaces and a thousand trials or more.
 *
 * @throws InputError for options out of range.
 */
export function cmaes(options: CmaesOptions = {}): Sampler {
  requireSamplerSeed('cmaes', options);
  const { sigma = 0.25 } = options;
  checkNumber('cmaes', 'sigma', sigma, 1e-6, 1);
  if (options.population !== undefined) checkWhole('cmaes', 'population', options.population, 4);
  return {
    name: 'cmaes',
    begin({ space, objective, seed: studySeed }) {
      const seed = options.seed ?? studySeed;
      const coordinates = unitCoordinates(space);
      const moving = [...coordinates.keys()].filter(i => !coordinates[i]?.categorical);
      const n = moving.length;
      const population = options.population ?? 4 + Math.floor(3 * Math.log(Math.max(1, n)));
      /** All coordinates of a trial's point, those of choices too. */
      const draw = ({ evolution }: Generation, trial: number, ...again: readonly number[]) => {
        const normals = random(seed, 'cmaes', trial, ...again);
        const widths = margins(evolution, moving, coordinates, population);
        let x = new Float64Array(n);
        for (let redraw = 0; redraw < REDRAWS; redraw++) {
          const z = Float64Array.from({ length: n }, () => normals.normal());
          const y = stepFrom(evolution, z);
          x = evolution.mean.map((m, i) => m + evolution.sigma * (widths[i] as number) * (y[i] as number));
          if (x.every(value => value >= 0 && value <= 1)) break;
        }
        const at = coordinates.map(({ categorical, hyperparameter: { name } }) =>
          categorical ? random(seed, 'cmaes', 'option', trial, name, ...again).uniform() : 0,
        );
        for (const [k, i] of moving.entries()) at[i] = Math.min(1, Math.max(0, x[k] as number));
        return at;
      };
      const drawAllowed = (generation: Generation, trial: number, attempt: number) => {
        for (let again = 0; again < REDRAWS; again++) {
          const at = draw(generation, trial, attempt, again);
          const hparams = pointAt(space, at);
          if (space.allows(hparams)) return { at, hparams };
        }
        const at = draw(generation, trial, attempt, 0);
        return { at, hparams: pointAt(space, at) };
      };

      /** The step y that leads to a trial's point. */
      const stepTo = (generation: Generation, { number, hparams }: TrialRecord): Float64Array => {
        const { evolution } = generation;
        const { mean } = evolution;
        const widths = margins(evolution, moving, coordinates, population);
        const own = drawAllowed(generation, number, 0);
        const drawn = samePoint(own.hparams, hparams);
        const at = drawn ? own.at : coordinatesOf(coordinates, hparams);
        const y = Float64Array.from(moving, (i, k) => {
          const value = at[i] as number;
          const m = mean[k] as number;
          return Number.isNaN(value) ? 0 : (value - m) / (evolution.sigma * (widths[k] as number));
        });
        if (drawn) return y;
        const length = Math.hypot(...whitened(evolution, y));
        const longest = Math.sqrt(n) + (2 * n) / (n + 2);
        return length > longest ? y.map(value => (value * longest) / length) : y;
      };

      const learn = (generation: Generation, records: readonly TrialRecord[]): Generation => {
        // Nothing is learnt from a generation in which no trial has a number.
        if (
          n === 0 ||
          records.length < 2 ||
          !records.some(({ state, value }) => state !== 'failed' && Number.isFinite(value))
        ) {
          return generation;
        }
        const steps = byRank(records, objective.direction).map(record => stepTo(generation, record));
        const evolution = evolve(generation.evolution, steps);
        if (!isSpent(evolution)) {
          return {
            ...generation,
            evolution: { ...evolution, mean: evolution.mean.map(m => Math.min(1, Math.max(0, m))) },
          };
        }
        const restarts = generation.restarts + 1;
        const elsewhere = random(seed, 'cmaes', 'restart', restarts);
        const mean = Float64Array.from({ length: n }, () => elsewhere.uniform());
        return { restarts, population: 2 * generation.population, evolution: beginEvolution(mean, sigma) };
      };

      const generationOf = learnByGeneration<Generation>({
        begin: { evolution: beginEvolution(new Float64Array(n).fill(0.5), sigma), population, restarts: 0 },
        size: generation => generation.population,
        enough: 0.5,
        learn,
      });

      return {
        ask: (trial, history, attempt = 0) => drawAllowed(generationOf(trial, history), trial, attempt).hparams,
      };
    },
  };
}

/**
 * By how much steps are widened: so that a value in the middle of its cell is left with a chance of at least 1 / (n λ), however
 * narrow the distribution has become.
 */
function margins(
  { c, sigma }: Evolution,
  moving: readonly number[],
  coordinates: readonly UnitCoordinate[],
  population: number,
): Float64Array {
  const n = moving.length;
  return Float64Array.from(moving, (i, k) => {
    const { count } = coordinates[i] as UnitCoordinate;
    if (!Number.isFinite(count) || count === 1) return 1;
    // A normal number is beyond √(2 ln (n λ)) with a chance of a little less than 1 / (n λ).
    const least = 0.5 / count / Math.sqrt(2 * Math.log(n * population));
    return Math.max(1, least / (sigma * Math.sqrt(c[k * n + k] as number)));
  });
}

/** Whether a distribution has nothing left to find: narrower than anyone needs, or flat in some direction. */
function isSpent({ sigma, axes: { values } }: Evolution): boolean {
  const widest = values.reduce((a, b) => Math.max(a, b), 0);
  const narrowest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return !(sigma * Math.sqrt(widest) > 1e-9) || widest > 1e14 * narrowest;
}
