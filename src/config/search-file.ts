import type { DeviceName } from '../kernels/device.js';
import { namedForm } from '../nn/plain.js';
import type { HParams, StudyInfo } from '../tune/events.js';
import { grid } from '../tune/samplers/grid.js';
import { randomSearch } from '../tune/samplers/random-search.js';
import type { Sampler } from '../tune/samplers/sampler.js';
import type { SearchSpace } from '../tune/space.js';
import type { TuneOptions } from '../tune/tune.js';
import { checkSearch, withSplit } from './check-search.js';
import { checkWithData } from './check-with-data.js';
import { importModules } from './custom-modules.js';
import { describeSearch } from './describe-search.js';
import { deviceNotes } from './device-notes.js';
import { inSequence, makeRules } from './make-rules.js';
import { openDataFiles } from './open-data.js';
import { inFile, readJsonObject } from './read-json.js';
import { distributionPath } from './representatives.js';
import { ruleNames } from './rule-names.js';
import { openSearchWorkplace } from './search-workplace.js';
import { trainingFileAt } from './training-file-at.js';
import type { TrainingFile } from './training-schema.js';

/** What the command line may state instead of the file. */
export interface SearchOverrides {
  readonly trials?: number | undefined;
  readonly parallel?: number | 'auto' | undefined;
  /** Of sampling, starting weights, batches and dropout; how data is divided has a seed of its own. */
  readonly seed?: number | undefined;
  readonly device?: DeviceName | 'auto' | undefined;
  /** Whether trials run in worker threads where the device is a CPU's; true. If not, all run in this thread, in turns, with the same results. */
  readonly threads?: boolean | undefined;
}

/** A search file, checked and ready to run. */
export interface Search {
  /** For `tune`; a caller may add `time`, `stop$`, `signal` and `clock`. */
  readonly options: TuneOptions<SearchSpace>;
  /** What `study-started` will say. */
  readonly study: StudyInfo;
  /** What people should know before it runs, a sentence each. */
  readonly notes: readonly string[];
  /** What would run, as lines. */
  describe(): readonly string[];
  /**
   * The search file with a point in place of its distributions: a training file, with paths relative to `path`. Trained on the
   * same device it repeats that trial's reports to the bit.
   *
   * @param path where it will stand; beside the search file unless stated
   */
  trainingFile(hparams: HParams, path?: string): TrainingFile;
  /** Ends the worker threads and frees the device; due when the study has ended. */
  close(): Promise<void>;
}

/** Trials of a random search that does not say how many. */
const TRIALS = 20;

/**
 * Reads a search file with its data and modules, checks all of it, every option of every choice too, and opens the device, and on a CPU
 * the worker threads that trials run in, which load meanwhile. Modules of activations are loaded here, to be checked, and in the workers;
 * those of rules here only. Every trial starts from the file's seed, so trials differ by their hyperparameters only.
 *
 * @throws InputError with file and path for what is wrong, DeviceError for a device that cannot run; nothing stays open then.
 */
export async function loadSearchFile(file: string, overrides: SearchOverrides = {}): Promise<Search> {
  const stated = await readJsonObject(file);
  const json = overrides.seed === undefined ? stated : { ...stated, seed: overrides.seed };
  const { template, space, variants, references } = inFile(file, () => checkSearch(json));
  const [{ training: first }] = variants;
  const opening = openSearchWorkplace({
    file,
    device: overrides.device ?? first.device,
    parallel: overrides.parallel ?? first.parallel ?? 'auto',
    trials: overrides.trials ?? first.trials,
    workerTimeout: first.workerTimeout,
    threads: overrides.threads ?? true,
  });
  // What is wrong with the file is said first.
  opening.catch(() => {});
  try {
    const custom = await importModules(file, references);
    const files = openDataFiles(file);
    for (const { training } of variants) await files.read(training.data);
    const fitted = inFile(file, () => variants.map(({ training, origin }) => checkWithData(training, files, origin)));
    const { objective } = fitted[0]!.wanted;
    const { seed = 0, name = 'study', earlyStopping = [] } = first;
    const sampler = samplerOf(first, overrides.seed);
    const points = inFile(file, () => sampler.begin({ space: space as never, objective, seed }).count);
    const trials = overrides.trials ?? first.trials ?? (points === undefined ? TRIALS : undefined);
    const workplace = await opening;
    const { device, parallel } = workplace;
    const info = {
      rules: ruleNames(earlyStopping, objective),
      device: device.name,
      data: fitted[0]!.data.summary,
      ...(distributionPath(template.epochs) === undefined ? { epochs: first.epochs } : {}),
    };
    const study: StudyInfo = {
      name,
      objective,
      space: space.info,
      sampler: sampler.name,
      trials: Math.min(trials ?? Number.POSITIVE_INFINITY, points ?? Number.POSITIVE_INFINITY),
      parallel,
      ...info,
    };
    return {
      options: {
        space,
        objective: (value, context) =>
          workplace.run(withSplit(value as TrainingFile), files, custom, context, context.checkpoint),
        [objective.direction]: objective.metric,
        sampler,
        trials,
        parallel,
        seed,
        name,
        info,
        earlyStopping: ({ hparams, study }) => {
          const { earlyStopping = [] } = space.substitute(hparams) as TrainingFile;
          return inSequence(makeRules(earlyStopping, study, custom));
        },
      },
      study,
      notes: [...new Set(fitted.flatMap(({ notes }) => notes)), ...deviceNotes(device)],
      describe: () => describeSearch(study),
      trainingFile: (hparams, path) => trainingFileAt(withSplit(space.substitute(hparams) as TrainingFile), file, path),
      close: () => workplace.close(),
    };
  } catch (error) {
    await opening.then(
      workplace => workplace.close(),
      () => {},
    );
    throw error;
  }
}

function samplerOf({ sampler = 'random' }: TrainingFile, seed: number | undefined): Sampler {
  const { name, options } = namedForm(sampler) as { name: string; options: { seed?: number } };
  return name === 'grid' ? grid() : randomSearch({ seed: seed ?? options.seed });
}
