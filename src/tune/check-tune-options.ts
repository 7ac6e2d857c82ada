import { InputError } from '../errors.js';
import type { Objective, StudyInfo } from './events.js';
import { randomSearch } from './samplers/random-search.js';
import type { Sampler } from './samplers/sampler.js';
import { isSearchSpace, type SearchSpace, searchSpace } from './space.js';
import type { TuneOptions } from './tune.js';

// The longest that a timer can wait, in seconds.
const LONGEST = (2 ** 31 - 1) / 1000;

/** The options of `tune`, checked and with their defaults. */
export interface CheckedTuneOptions {
  readonly space: SearchSpace<never>;
  readonly objective: Objective;
  readonly sampler: Sampler;
  /** Infinite when not stated. */
  readonly limit: number;
  readonly parallel: number;
  readonly seed: number;
  readonly info: StudyInfo;
}

/** Throws an `InputError` for an option that is wrong, or for a study that would never end. */
export function checkTuneOptions<Space>(options: TuneOptions<Space>): CheckedTuneOptions {
  const { sampler = randomSearch(), trials, parallel = 1, seed = 0, time } = options;
  const objective = objectiveOf(options);
  if (typeof options.objective !== 'function') {
    throw new InputError(`tune: expected \`objective\` to be a function, got ${typeof options.objective}`);
  }
  if (typeof sampler?.begin !== 'function') {
    throw new InputError('tune: expected `sampler` to be a sampler such as randomSearch() or grid()');
  }
  if (options.earlyStopping !== undefined && typeof options.earlyStopping !== 'function') {
    throw new InputError('tune: expected `earlyStopping` to be a function that returns an operator on reports');
  }
  checkWhole('parallel', parallel);
  if (trials !== undefined) checkWhole('trials', trials);
  if (!Number.isFinite(seed)) throw new InputError(`tune: expected \`seed\` to be a number, got ${String(seed)}`);
  if (time !== undefined && !(time > 0 && time <= LONGEST)) {
    throw new InputError(
      `tune: expected \`time\` to be seconds from above 0 to ${Math.floor(LONGEST)}, got ${String(time)}`,
    );
  }
  const space = (isSearchSpace(options.space) ? options.space : searchSpace(options.space)) as SearchSpace<never>;
  const endless = trials === undefined && time === undefined;
  if (endless && sampler.begin({ space, objective, seed }).count === undefined) {
    throw new InputError(
      `tune: expected \`trials\` or \`time\`, because the sampler "${sampler.name}" never runs out of points`,
    );
  }
  const name = options.name ?? 'study';
  const rules = options.earlyStopping === undefined ? [] : ['earlyStopping'];
  const info: StudyInfo = {
    name,
    objective,
    space: space.info,
    sampler: sampler.name,
    rules,
    parallel,
    ...options.info,
  };
  return { space, objective, sampler, limit: trials ?? Number.POSITIVE_INFINITY, parallel, seed, info };
}

function objectiveOf({ minimize, maximize }: Pick<TuneOptions<unknown>, 'minimize' | 'maximize'>): Objective {
  const given = [minimize, maximize].filter(metric => metric !== undefined);
  if (given.length !== 1 || typeof given[0] !== 'string' || given[0] === '') {
    throw new InputError(
      'tune: expected either `minimize` or `maximize` to name a metric of the reports, such as "valLoss"',
    );
  }
  return { metric: given[0], direction: minimize === undefined ? 'maximize' : 'minimize' };
}

function checkWhole(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new InputError(`tune: expected \`${option}\` to be a whole number from 1 up, got ${String(value)}`);
}
