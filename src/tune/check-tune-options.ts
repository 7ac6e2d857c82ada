import type { NanPolicy } from '../early-stopping/nan.js';
import { didYouMean, InputError } from '../errors.js';
import { mostTrials } from './enqueued-points.js';
import type { Objective, StudyEvent, StudyInfo } from './events.js';
import { requireSeed } from './require-seed.js';
import { randomSearch } from './samplers/random-search.js';
import type { Sampler, SamplerContext, Sampling } from './samplers/sampler.js';
import { isSearchSpace, type SearchSpace, searchSpace } from './space.js';
import type { TuneOptions } from './tune.js';

// The longest that a timer can wait, in seconds.
const LONGEST = (2 ** 31 - 1) / 1000;

/** Trials that are open at a time where decisions must not depend on timing. */
const LANES = 4;

/** The options of `tune`, checked and with their defaults. */
export interface CheckedTuneOptions {
  readonly space: SearchSpace<never>;
  readonly objective: Objective;
  /** All of them, the first one too. */
  readonly objectives: readonly Objective[];
  readonly sampler: Sampler;
  readonly samplerContext: SamplerContext;
  /** A first one, for what it knows of the space. */
  readonly sampling: Sampling;
  /** Infinite when not stated. */
  readonly limit: number;
  readonly parallel: number;
  /** Places of trials that are heard in turns; undefined: nobody waits for another. */
  readonly lanes: number | undefined;
  readonly seed: number;
  readonly nan: NanPolicy;
  readonly duplicates: 'allow' | 'forbid';
  readonly survives: boolean;
  readonly history: readonly StudyEvent[];
  /** What the study says of itself. */
  readonly study: StudyInfo;
}

/** Throws an `InputError` for an option that is wrong, or for a study that would never end, unless somebody else ends it. */
export function checkTuneOptions<Space>(options: TuneOptions<Space>, endsItself = true): CheckedTuneOptions {
  const { sampler = randomSearch(), trials, parallel = 1, seed = 0, time, history = [] } = options;
  const objectives = objectivesOf(options);
  const [objective] = objectives;
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
  requireSeed('tune', seed);
  if (time !== undefined && !(time > 0 && time <= LONGEST)) {
    throw new InputError(
      `tune: expected \`time\` to be seconds from above 0 to ${Math.floor(LONGEST)}, got ${String(time)}`,
    );
  }
  const nan = oneOf('nan', options.nan ?? 'fail', ['fail', 'prune', 'worst']);
  const duplicates = oneOf('duplicates', options.duplicates ?? 'allow', ['allow', 'forbid']);
  const space = (isSearchSpace(options.space) ? options.space : searchSpace(options.space)) as SearchSpace<never>;
  const lanes = lanesOf(options.deterministic);
  const limit = trials ?? Number.POSITIVE_INFINITY;
  checkLists(options);
  const given = options.enqueue?.length ?? 0;
  if (history.length === 0 && given > limit) {
    throw new InputError(`tune: ${given} points to \`enqueue\` for ${limit} \`trials\`, which they count among`);
  }
  // What a sampler chose by when the study began holds on, whatever it goes on with.
  const begun = history[0]?.type === 'study-started' ? history[0].study.asked : undefined;
  const asked = begun ?? { trials, parallel: lanes ?? parallel };
  const samplerContext: SamplerContext = {
    space,
    objective,
    objectives,
    seed,
    trials: asked.trials,
    parallel: asked.parallel,
    earlyStopping: options.earlyStopping !== undefined,
  };
  const sampling = sampler.begin(samplerContext);
  const { count = Number.POSITIVE_INFINITY } = sampling;
  if (endsItself && trials === undefined && time === undefined && count === Number.POSITIVE_INFINITY) {
    throw new InputError(
      `tune: expected \`trials\` or \`time\`, because the sampler "${sampler.name}" does not say after how many points (\`count\`) it ends`,
    );
  }
  const expected = Math.min(limit, mostTrials(count, options.enqueue?.length ?? 0, duplicates));
  const study: StudyInfo = {
    name: options.name ?? 'study',
    objective,
    ...(objectives.length > 1 && { objectives }),
    space: space.info,
    ...(space.constraints.length > 0 && { constraints: space.constraints }),
    sampler: sampler.name,
    rules: options.earlyStopping === undefined ? [] : ['earlyStopping'],
    parallel,
    asked,
    ...(typeof options.info === 'function' ? options.info() : options.info),
    trials: Number.isFinite(expected) ? expected : undefined,
  };
  checkHistory(history, study);
  return {
    space,
    objective,
    objectives,
    sampler,
    samplerContext,
    sampling,
    limit,
    parallel,
    lanes,
    seed,
    nan,
    duplicates,
    survives: options.survives ?? false,
    history,
    study,
  };
}

type ObjectiveOptions = Pick<TuneOptions<unknown>, 'minimize' | 'maximize' | 'objectives'>;

/** The objectives that options name: one, or several. */
export function objectivesOf({
  minimize,
  maximize,
  objectives,
}: ObjectiveOptions): readonly [Objective, ...Objective[]] {
  if (objectives === undefined) return [objectiveOf({ minimize, maximize })];
  if (minimize !== undefined || maximize !== undefined || !Array.isArray(objectives) || objectives.length === 0) {
    throw new InputError(
      'tune: expected `objectives` to be a list such as [{ minimize: "valLoss" }, { minimize: "parameters" }], without `minimize` and `maximize` beside it',
    );
  }
  const all = objectives.map(objectiveOf) as unknown as readonly [Objective, ...Objective[]];
  const twice = all.find(({ metric }, i) => all.findIndex(other => other.metric === metric) !== i);
  if (twice !== undefined) throw new InputError(`tune: two objectives are of the same metric, ${twice.metric}`);
  return all;
}

function checkLists({ enqueue = [], history = [] }: Pick<TuneOptions<unknown>, 'enqueue' | 'history'>): void {
  const isPoint = (point: unknown) => typeof point === 'object' && point !== null && !Array.isArray(point);
  if (!Array.isArray(enqueue) || !enqueue.every(isPoint)) {
    throw new InputError('tune: expected `enqueue` to be a list of points such as { units: 64 }');
  }
  if (!Array.isArray(history)) {
    throw new InputError("tune: expected `history` to be a list of the study's events, as a journal has them");
  }
}

function objectiveOf({ minimize, maximize }: { readonly minimize?: unknown; readonly maximize?: unknown }): Objective {
  const given = [minimize, maximize].filter(metric => metric !== undefined);
  if (given.length !== 1 || typeof given[0] !== 'string' || given[0] === '') {
    throw new InputError(
      'tune: expected either `minimize` or `maximize` to name a metric of the reports, such as "valLoss"',
    );
  }
  return { metric: given[0], direction: minimize === undefined ? 'maximize' : 'minimize' };
}

/** How many trials are open at a time where they are heard in turns; undefined: they are not. */
export function lanesOf(deterministic: TuneOptions<unknown>['deterministic'] = false): number | undefined {
  if (deterministic === false) return undefined;
  const lanes = deterministic === true ? LANES : (deterministic?.lanes ?? LANES);
  checkWhole('deterministic.lanes', lanes);
  return lanes;
}

/** Whether a history tells of this study. */
function checkHistory(history: readonly StudyEvent[], study: StudyInfo): void {
  const [first] = history;
  if (first === undefined) return;
  if (first.type !== 'study-started') {
    throw new InputError(`tune: expected \`history\` to begin with study-started, got ${first.type}`);
  }
  for (const part of ['space', 'objective', 'objectives'] as const) {
    if (JSON.stringify(first.study[part]) === JSON.stringify(study[part])) continue;
    throw new InputError(`tune: the history is of another study: its ${part} differs from this one's`);
  }
}

function oneOf<Word extends string>(option: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value;
  throw new InputError(
    `tune: expected \`${option}\` to be one of ${words.join(', ')}, got ${JSON.stringify(value)}${didYouMean(String(value), words)}`,
  );
}

function checkWhole(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new InputError(`tune: expected \`${option}\` to be a whole number from 1 up, got ${String(value)}`);
}
