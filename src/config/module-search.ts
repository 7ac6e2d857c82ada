import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Observable } from 'rxjs';
import type { Report } from '../train/report.js';
import { lanesOf } from '../tune/check-tune-options.js';
import type { Objective } from '../tune/events.js';
import { streamOf } from '../tune/objective-result.js';
import type { ObjectiveContext } from '../tune/tune.js';
import { openWorkers, type WorkerObjective } from '../tune/workers/open-workers.js';
import { checkShape } from './check-schema.js';
import { checkSpace, parseTemplate, requireOfTheStudy } from './check-search.js';
import { relocating } from './check-training.js';
import { importDefault, importModules } from './custom-modules.js';
import { describeSearch } from './describe-search.js';
import { pathFrom } from './file-kind.js';
import { findReferences } from './find-references.js';
import { inSequence, makeRules } from './make-rules.js';
import { objectiveFrom } from './metrics-wanted.js';
import { inFile, type JsonObject } from './read-json.js';
import { representatives } from './representatives.js';
import { ruleNames, tryRules } from './rule-names.js';
import { samplerFrom } from './samplers.js';
import type { Search, SearchOverrides } from './search-file.js';
import { searchIdentity } from './search-identity.js';
import { studyOptions } from './search-options.js';
import { moduleFileAt } from './stored-file.js';
import { type ModuleFile, moduleSearchSchema } from './study-schema.js';

// Search files with an objective of one's own: a module whose default export is called with what `space` has become and the trial's
// context, with the file's `with` as `shared`, and returns its reports, as an Observable, a promise or an async iterable.

/** Opens such a file; on a machine with several cores its trials run in worker threads. Errors are those of `loadSearchFile`. */
export async function openModuleSearch(file: string, json: JsonObject, overrides: SearchOverrides): Promise<Search> {
  const { space, enqueue, first, variants, references } = inFile(file, () => checkModuleSearch(json));
  const { objective: goal, earlyStopping = [], workerTimeout } = first;
  const objectives = objectivesOf(goal);
  const path = pathFrom(file, goal.module);
  const shared = goal.with ?? {};
  const objective = (await importDefault(path, { file, path: 'objective.module' })) as WorkerObjective<unknown, object>;
  const custom = await importModules(file, references);
  inFile(file, () => {
    for (const { earlyStopping = [] } of variants) tryRules(earlyStopping, objectives[0], custom);
  });
  const stated = overrides.parallel ?? first.parallel ?? 'auto';
  const parallel = stated === 'auto' ? availableParallelism() : stated;
  const { options, study } = inFile(file, () =>
    studyOptions({
      file: first,
      space,
      objectives,
      enqueue,
      sampler: samplerFrom(first.sampler, overrides.seed),
      overrides,
      parallel,
      info: { rules: ruleNames(earlyStopping, objectives[0]), search: { path: file, json } },
    }),
  );
  const lanes = lanesOf(first.deterministic);
  const workers =
    overrides.threads === false
      ? undefined
      : openWorkers({
          module: pathToFileURL(resolve(path)),
          shared,
          // Trials that are heard in turns are all open, each in a thread.
          workers: lanes ?? Math.min(parallel, study.trials ?? parallel),
          workerTimeout,
        });
  // Should somebody want more trials, more threads come with them.
  workers?.resize(lanes ?? parallel);
  const run = (hparams: unknown, context: ObjectiveContext): Observable<Report> => {
    const { trial, seed, hparams: point } = context;
    return workers === undefined
      ? streamOf(objective(hparams, { trial, seed, hparams: point, shared }))
      : workers.objective(hparams, context);
  };
  const fileOf = (value: unknown) => value as ModuleFile;
  return {
    options: {
      ...options,
      objective: (value, context) => run(fileOf(value).space, context),
      ...(earlyStopping.length > 0 && {
        earlyStopping: ({ hparams, study }) => {
          const { earlyStopping = [] } = fileOf(space.substitute(hparams));
          return inSequence(makeRules(earlyStopping, study, custom));
        },
      }),
      resize: wanted => workers?.resize(lanes ?? wanted),
    },
    study,
    source: { path: file, json, identity: searchIdentity(file, json, undefined) },
    checkpointEvery: first.checkpoint?.every,
    notes: [],
    describe: () => describeSearch(study, { space, rules: earlyStopping, enqueue, steps: 'epoch' }),
    // Nobody knows what an objective of one's own takes.
    estimate: async () => [],
    trainingFile: (hparams, to = file) => moduleFileAt(fileOf(space.substitute(hparams)), file, to),
    load: workers?.load,
    async close() {
      await workers?.close();
    },
  };
}

/** The objectives of a module: one, or several. */
function objectivesOf({ objectives, ...one }: ModuleFile['objective']): readonly [Objective, ...Objective[]] {
  return (objectives ?? [one]).map(objectiveFrom) as unknown as readonly [Objective, ...Objective[]];
}

function checkModuleSearch(json: JsonObject) {
  const template = parseTemplate(json);
  requireOfTheStudy(template);
  const variants = Array.from(representatives(template), ({ value, origin }) => {
    const file = checkShape(moduleSearchSchema, value, origin);
    relocating(origin, () => ruleNames(file.earlyStopping ?? [], objectivesOf(file.objective)[0]));
    return { file, origin };
  });
  const first = variants[0]!.file;
  const references = variants.flatMap(({ file, origin }) => findReferences(file, origin));
  return { ...checkSpace(template, first), first, variants: variants.map(({ file }) => file), references };
}
