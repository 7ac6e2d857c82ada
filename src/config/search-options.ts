import type { DatasetInfo } from '../data/dataset-info.js';
import { InputError } from '../errors.js';
import { lanesOf } from '../tune/check-tune-options.js';
import { mostTrials } from '../tune/enqueued-points.js';
import type { HParams, Objective, StudyInfo } from '../tune/events.js';
import type { Sampler } from '../tune/samplers/sampler.js';
import type { SearchSpace } from '../tune/space.js';
import type { StudyFacts, TuneOptions } from '../tune/tune.js';
import { rungsOf } from './rungs.js';
import type { SearchOverrides } from './search-file.js';
import type { StudySection } from './study-schema.js';

/** What a search file asks of `tune`. */
export type SearchOptions = TuneOptions<SearchSpace>;

/** A study that a search file describes. */
export interface DescribedStudy {
  readonly file: StudySection;
  readonly space: SearchSpace;
  readonly objectives: readonly [Objective, ...Objective[]];
  readonly enqueue: readonly HParams[];
  readonly sampler: Sampler;
  readonly overrides: SearchOverrides;
  readonly parallel: number;
  readonly info: Required<Pick<StudyInfo, 'rules' | 'search'>> & Pick<StudyInfo, 'device' | 'data' | 'epochs'>;
  /** The most reports of a trial that is not stopped, if known. */
  readonly steps?: number | undefined;
  /** What is told of the data; asked when the study begins. */
  readonly dataset?: (() => DatasetInfo) | undefined;
}

/** Trials of a sampler without an end that does not say how many. */
const TRIALS = 20;

/**
 * The options for `tune` but the objective and the rules, and what `study-started` will say, but for the data.
 *
 * @throws InputError for a space that the sampler cannot draw from, and for more points to begin with than trials.
 */
export function studyOptions(described: DescribedStudy): {
  readonly options: Omit<SearchOptions, 'objective'>;
  readonly study: StudyInfo;
} {
  const { file, space, objectives, enqueue, sampler, overrides, parallel, steps, dataset } = described;
  const { seed = 0, name = 'study', duplicates, nan, deterministic, earlyStopping = [] } = file;
  const [objective] = objectives;
  const stated = overrides.trials ?? file.trials;
  const context = { space: space as never, objective, objectives, seed, trials: stated, parallel };
  const points = sampler.begin(context).count ?? Number.POSITIVE_INFINITY;
  const trials = stated ?? (points === Number.POSITIVE_INFINITY ? TRIALS : undefined);
  if (trials !== undefined && enqueue.length > trials) {
    throw new InputError(
      `${enqueue.length} points for ${trials} trials; they count among the trials, so state more of those`,
      { path: 'enqueue' },
    );
  }
  const most = mostTrials(points, enqueue.length, duplicates ?? 'allow');
  const asked = { trials, parallel: lanesOf(deterministic) ?? parallel };
  const { note } = sampler.begin({ ...context, ...asked, earlyStopping: earlyStopping.length > 0 });
  const rungs = rungsOf(earlyStopping, { objective, seed, steps });
  const info: DescribedStudy['info'] & StudyFacts = { ...described.info, ...(rungs.length > 0 && { rungs }) };
  const goals = objectives.map(({ metric, direction }) =>
    direction === 'minimize' ? { minimize: metric } : { maximize: metric },
  );
  return {
    options: {
      space,
      ...(goals.length > 1 ? { objectives: goals } : goals[0]),
      sampler,
      trials,
      parallel,
      seed,
      name,
      info: dataset === undefined ? info : () => ({ ...info, dataset: dataset() }),
      ...(enqueue.length > 0 && { enqueue }),
      ...(duplicates !== undefined && { duplicates }),
      ...(nan !== undefined && { nan }),
      ...(deterministic !== undefined && { deterministic }),
    },
    study: {
      name,
      objective,
      ...(objectives.length > 1 && { objectives }),
      space: space.info,
      ...(space.constraints.length > 0 && { constraints: space.constraints }),
      sampler: sampler.name,
      ...(note !== undefined && { samplerNote: note }),
      trials: Math.min(trials ?? Number.POSITIVE_INFINITY, most),
      parallel,
      asked,
      ...info,
    },
  };
}
