import { counted } from '../../counted.js';
import { cardinality } from '../hyperparameter.js';
import { requireSamplerSeed } from '../require-seed.js';
import { gp } from './gp.js';
import { grid } from './grid.js';
import { nsga2 } from './nsga2.js';
import { randomSearch } from './random-search.js';
import type { Sampler, SamplerContext, Sampling } from './sampler.js';
import { sobol } from './sobol.js';
import { SOBOL_DIMENSIONS } from './sobol-directions.js';
import { tpe } from './tpe.js';

/** Options of `auto`. */
export interface AutoOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
}

/** What the choice of a sampler depends on. */
interface Situation {
  readonly hyperparameters: number;
  /** How many points the space has; infinite for real numbers. */
  readonly points: number;
  readonly trials: number | undefined;
  readonly parallel: number;
  readonly objectives: number;
  readonly earlyStopping: boolean;
}

/** A sampler and when it is taken: the reason, or undefined when it is not. */
interface AutoRule {
  readonly sampler: (options: AutoOptions) => Sampler;
  readonly because: (situation: Situation) => string | undefined;
}

/** Trials before a sampler that learns has anything to learn from. */
const STARTUP = 10;

/** Points that are all tried when nobody says how many trials there are to be. */
const FEW = 100;

/** So many times as many points as trials are looked through for those that constraints leave. */
const MOST_LOOKED_THROUGH = 100;

/** Generations that a population needs to be worth it, and the size of one. */
const GENERATIONS = 4;
const POPULATION = 50;

/** What a Gaussian process is good for: so many trials and hyperparameters, beyond which each draw takes long. */
const GP_TRIALS = 200;
const GP_HYPERPARAMETERS = 20;

/** In this order; the first that has a reason is taken, and `tpe` if none has. */
const rules: readonly AutoRule[] = [
  {
    sampler: () => grid(),
    because({ points, trials }) {
      if (points <= (trials ?? FEW))
        return trials === undefined
          ? `the space has ${counted(points, 'point')} only`
          : `the ${counted(trials, 'trial')} ${trials === 1 ? 'is' : 'are'} enough for ${points === 1 ? 'the' : 'all'} ${counted(points, 'point')} of the space`;
      return undefined;
    },
  },
  {
    sampler: sobol,
    because: ({ trials, parallel, hyperparameters }) => {
      if (trials === undefined || hyperparameters > SOBOL_DIMENSIONS) return undefined;
      if (trials <= STARTUP) return tooFew(trials, ', so they are spread evenly');
      if (trials <= 2 * parallel) {
        return `with ${parallel} of ${trials} trials at a time there is little to learn from, so they are spread evenly`;
      }
      return undefined;
    },
  },
  {
    sampler: randomSearch,
    because: ({ trials, parallel }) =>
      trials !== undefined && trials <= Math.max(STARTUP, 2 * parallel)
        ? tooFew(trials, ', and the hyperparameters too many to spread them evenly')
        : undefined,
  },
  {
    sampler: nsga2,
    because: ({ trials, objectives }) =>
      objectives > 1 && trials !== undefined && trials >= GENERATIONS * POPULATION
        ? `there are ${objectives} objectives, and ${trials} trials are generations enough`
        : undefined,
  },
  {
    sampler: gp,
    // A trial that was stopped early says little to a model of values at the end.
    because: ({ trials, objectives, hyperparameters, earlyStopping, parallel }) =>
      objectives === 1 &&
      !earlyStopping &&
      trials !== undefined &&
      trials <= GP_TRIALS &&
      hyperparameters <= GP_HYPERPARAMETERS &&
      parallel <= trials / STARTUP
        ? `it needs the fewest trials, and of ${trials} with ${counted(hyperparameters, 'hyperparameter')} each is drawn in milliseconds`
        : undefined,
  },
];

/** What follows from it is said of several trials only. */
function tooFew(trials: number, andSo: string): string {
  return trials === 1 ? '1 trial is too few to learn from' : `${trials} trials are too few to learn from${andSo}`;
}

/**
 * Takes the sampler that suits the space, the number of trials and how many run at a time, and says in its note which and why: `grid`
 * where all points can be tried, `sobol` where there are too few trials to learn from one another, `nsga2` for several objectives and
 * many trials, `gp` for few trials that run to their end, else `tpe`.
 *
 * @example auto({ seed: 7 })
 */
export function auto(options: AutoOptions = {}): Sampler {
  requireSamplerSeed('auto', options);
  return {
    name: 'auto',
    begin(context) {
      const situation = situationOf(context);
      for (const { sampler, because } of rules) {
        const reason = because(situation);
        if (reason !== undefined) return noted(sampler(options), context, reason);
      }
      return noted(tpe(options), context, 'it learns from every trial and draws from any space');
    },
  };
}

function noted(sampler: Sampler, context: SamplerContext, reason: string): Sampling {
  const sampling = sampler.begin(context);
  // The reason for a grid says how many points it has.
  const own = sampling.note === undefined || sampling.count !== undefined ? '' : `; ${sampling.note}`;
  return { ...sampling, note: `auto: ${sampler.name}, because ${reason}${own}` };
}

function situationOf(context: SamplerContext): Situation {
  const { space, trials, parallel = 1, objectives = [], earlyStopping = false } = context;
  return {
    hyperparameters: space.hyperparameters.length,
    points: pointsOf(context, trials ?? FEW),
    trials,
    parallel,
    objectives: Math.max(1, objectives.length),
    earlyStopping,
  };
}

/** How many points the constraints leave, where there are few at all; no more than an upper bound of all, where there are many. */
function pointsOf(context: SamplerContext, trials: number): number {
  // No less than the points there are: what depends on a choice multiplies here, and adds there.
  const most = context.space.hyperparameters.reduce((product, h) => product * cardinality(h), 1);
  if (most > MOST_LOOKED_THROUGH * Math.max(FEW, trials)) return most;
  return grid().begin(context).count ?? most;
}
