import { InputError } from '../errors.js';
import type { Objective } from './events.js';
import { requireSeed } from './require-seed.js';
import { randomSearch } from './samplers/random-search.js';
import type { Sampler } from './samplers/sampler.js';
import type { SimulateOptions, SimulationBudget } from './simulate.js';
import { isSearchSpace, type SearchSpace, searchSpace } from './space.js';

/** The options of `simulate`, checked and with their defaults. */
export interface CheckedSimulation {
  readonly space: SearchSpace<never>;
  readonly objective: Objective;
  readonly sampler: Sampler;
  readonly parallel: number;
  readonly seed: number;
  readonly name: string;
  /** Infinite where not stated. */
  readonly budget: { readonly [Resource in keyof SimulationBudget]-?: number };
}

/** Throws an `InputError` for an option that is wrong, and for a study that would never end. */
export function checkSimulation<Space>(options: SimulateOptions<Space>): CheckedSimulation {
  const { objective, sampler = randomSearch(), parallel = 1, seed = 0, name = 'simulation', budget } = options;
  const { metric, direction } = (objective ?? {}) as Partial<Objective>;
  if (typeof metric !== 'string' || (direction !== 'minimize' && direction !== 'maximize')) {
    throw new InputError(
      'simulate: expected `objective` to be such as { metric: "valLoss", direction: "minimize" or "maximize" }',
    );
  }
  if (typeof options.curve !== 'function') {
    throw new InputError(`simulate: expected \`curve\` to be a function, got ${typeof options.curve}`);
  }
  if (typeof sampler?.begin !== 'function') {
    throw new InputError('simulate: expected `sampler` to be a sampler such as randomSearch() or grid()');
  }
  if (options.earlyStopping !== undefined && typeof options.earlyStopping !== 'function') {
    throw new InputError('simulate: expected `earlyStopping` to be a function that returns an operator on reports');
  }
  if (!Number.isSafeInteger(parallel) || parallel < 1) {
    throw new InputError(`simulate: expected \`parallel\` to be a whole number from 1 up, got ${String(parallel)}`);
  }
  requireSeed('simulate', seed);
  const space = (isSearchSpace(options.space) ? options.space : searchSpace(options.space)) as SearchSpace<never>;
  return { space, objective, sampler, parallel, seed, name, budget: checkBudget(budget) };
}

function checkBudget(budget: SimulationBudget | undefined): CheckedSimulation['budget'] {
  const { trials, epochs, seconds } = budget ?? {};
  for (const [resource, value] of Object.entries({ trials, epochs, seconds })) {
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw new InputError(`simulate: expected \`budget.${resource}\` to be a number above 0, got ${String(value)}`);
  }
  if (trials === undefined && epochs === undefined && seconds === undefined) {
    throw new InputError('simulate: expected `budget` to have `trials`, `epochs` or `seconds`, got none');
  }
  const { POSITIVE_INFINITY: unlimited } = Number;
  return { trials: trials ?? unlimited, epochs: epochs ?? unlimited, seconds: seconds ?? unlimited };
}
