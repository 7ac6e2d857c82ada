import type { DeviceName } from '../kernels/device.js';
import { lanesOf } from '../tune/check-tune-options.js';
import type { HParams, StudyInfo } from '../tune/events.js';
import type { StartedThread } from '../tune/workers/start-thread.js';
import type { WorkerLoad } from '../tune/workers/thread.js';
import { checkSearch, withSplit } from './check-search.js';
import { checkWithData, type Fitted } from './check-with-data.js';
import { importModules } from './custom-modules.js';
import { describeSearch } from './describe-search.js';
import { deviceNotes } from './device-notes.js';
import { estimateLines, trialCost } from './estimate-cost.js';
import { inSequence, makeRules } from './make-rules.js';
import { openModuleSearch } from './module-search.js';
import { openDataFiles } from './open-data.js';
import { reportsOf, stepsAreFolds } from './open-training.js';
import { inFile, type JsonObject, readJsonObject } from './read-json.js';
import { distributionPath } from './representatives.js';
import { ruleNames, tryRules } from './rule-names.js';
import { samplerFrom } from './samplers.js';
import { searchIdentity } from './search-identity.js';
import { isModuleSearch } from './search-kind.js';
import { type SearchOptions, studyOptions } from './search-options.js';
import { openSearchWorkplace } from './search-workplace.js';
import type { ModuleFile } from './study-schema.js';
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
  /** Worker threads that were started for its trials before; those that are not needed are ended. */
  readonly started?: readonly StartedThread[] | undefined;
}

/** A search file, checked and ready to run. */
export interface Search {
  /** For `tune`; a caller may add `time`, `stop$`, `signal` and `clock`. */
  readonly options: SearchOptions;
  /** What `study-started` will say. */
  readonly study: StudyInfo;
  /** The file as it was read, with the seed that was stated instead; and a digest of all that decides what its study does. */
  readonly source: { readonly path: string; readonly json: JsonObject; readonly identity: string };
  /** Seconds of training after which a trial keeps its state again; undefined unless the file states it. */
  readonly checkpointEvery?: number | undefined;
  /** What people should know before it runs, a sentence each. */
  readonly notes: readonly string[];
  /** What would run, as lines. */
  describe(): readonly string[];
  /** What it would cost if no trial were stopped, as lines, at the device's speed, which is measured; none if nothing is known of it. */
  estimate(clock: () => number): Promise<readonly string[]>;
  /**
   * The search file with a point in place of its distributions: a training file, with paths relative to `path`. Trained on the
   * same device it repeats that trial's reports to the bit. Of a file with an objective of its own, that file with its `space` so.
   *
   * @param path where it will stand; beside the search file unless stated
   */
  trainingFile(hparams: HParams, path?: string): TrainingFile | ModuleFile;
  /** How busy the worker threads were since the last time this was asked; absent where trials run without. */
  readonly load?: (() => readonly WorkerLoad[]) | undefined;
  /** Ends the worker threads and frees the device; due when the study has ended. */
  close(): Promise<void>;
}

/**
 * Reads a search file with its data and modules, checks all of it, every option of every choice too, and opens the device, and on a CPU
 * the worker threads that trials run in, which load meanwhile. Modules of activations are loaded here, to be checked, and in the workers,
 * as is that of an objective of one's own; those of rules here only. Every trial starts from the file's seed, so trials differ by their
 * hyperparameters only.
 *
 * @throws InputError with file and path for what is wrong, DeviceError for a device that cannot run; nothing stays open then.
 */
export async function loadSearchFile(file: string, overrides: SearchOverrides = {}): Promise<Search> {
  const stated = await readJsonObject(file);
  const json = overrides.seed === undefined ? stated : { ...stated, seed: overrides.seed };
  return isModuleSearch(json) ? openModuleSearch(file, json, overrides) : openTrainingSearch(file, json, overrides);
}

async function openTrainingSearch(file: string, json: JsonObject, overrides: SearchOverrides): Promise<Search> {
  const { template, space, variants, references, enqueue } = inFile(file, () => checkSearch(json));
  const [{ training: first }] = variants;
  const opening = openSearchWorkplace({
    file,
    device: overrides.device ?? first.device,
    parallel: overrides.parallel ?? first.parallel ?? 'auto',
    lanes: lanesOf(first.deterministic),
    trials: overrides.trials ?? first.trials,
    workerTimeout: first.workerTimeout,
    threads: overrides.threads ?? true,
    started: overrides.started,
  });
  // What is wrong with the file is said first.
  opening.catch(() => {});
  try {
    const custom = await importModules(file, references);
    const files = openDataFiles(file);
    for (const { training } of variants) await files.read(training.data);
    const fitted = inFile(file, () => variants.map(({ training, origin }) => checkWithData(training, files, origin)));
    const [{ data, wanted }] = fitted as [Fitted, ...Fitted[]];
    const { objective, objectives } = wanted;
    inFile(file, () => {
      for (const { training } of variants) tryRules(training.earlyStopping ?? [], objective, custom);
    });
    const steps = Math.max(...variants.map(({ training }, i) => reportsOf(training, fitted[i]!.data)));
    const { earlyStopping = [] } = first;
    const sampler = samplerFrom(first.sampler, overrides.seed);
    // A sampler that cannot draw from the space is the file's mistake, and said before the device is open.
    const plan = (parallel: number, device?: string) =>
      inFile(file, () =>
        studyOptions({
          file: first,
          space,
          objectives,
          enqueue,
          sampler,
          overrides,
          parallel,
          steps,
          dataset: data.describe,
          info: {
            rules: ruleNames(earlyStopping, objective),
            device,
            data: data.summary,
            search: { path: file, json },
            ...(distributionPath(template.epochs) === undefined ? { epochs: reportsOf(first, data) } : {}),
          },
        }),
      );
    plan(1);
    const workplace = await opening;
    const { device } = workplace;
    const { options, study } = plan(workplace.parallel, device.name);
    return {
      options: {
        ...options,
        objective: (value, context) =>
          workplace.run(withSplit(value as TrainingFile), files, custom, context, context.checkpoint),
        ...(earlyStopping.length > 0 && {
          earlyStopping: ({ hparams, study }) => {
            const { earlyStopping = [] } = space.substitute(hparams) as TrainingFile;
            return inSequence(makeRules(earlyStopping, study, custom));
          },
        }),
        resize: parallel => workplace.resize(parallel),
      },
      get study() {
        return { ...study, dataset: data.describe() };
      },
      source: { path: file, json, identity: searchIdentity(file, json, device.name) },
      checkpointEvery: first.checkpoint?.every,
      notes: [...new Set(fitted.flatMap(({ notes }) => notes)), ...deviceNotes(device)],
      describe: () =>
        describeSearch(study, { space, rules: earlyStopping, enqueue, steps: stepsAreFolds(first) ? 'fold' : 'epoch' }),
      estimate: clock => estimateLines(space, study, device, training => trialCost(training, files, custom), clock),
      trainingFile: (hparams, path) => trainingFileAt(withSplit(space.substitute(hparams) as TrainingFile), file, path),
      load: workplace.load,
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
