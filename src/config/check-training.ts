import { InputError } from '../errors.js';
import { pathText } from '../tune/path.js';
import { checkSchema, type Origin } from './check-schema.js';
import { makeLayers } from './make-layers.js';
import { makeLoss } from './make-loss.js';
import { makeOptimizer } from './make-optimizer.js';
import { metricsWanted } from './metrics-wanted.js';
import { ruleNames } from './rule-names.js';
import type { TrainingFile } from './training-schema.js';

/**
 * Checks everything of a training file that can be checked without its data and modules: each part is made once.
 *
 * @throws InputError with the path in the file that it comes from.
 */
export function checkTraining(
  value: unknown,
  origin: Origin,
  validated: (file: TrainingFile) => boolean,
): TrainingFile {
  const file = checkSchema(value, origin);
  return relocating(origin, () => {
    makeLayers(file.model, 2, () => x => x);
    makeOptimizer(file, 1000);
    makeLoss(file.loss ?? 'meanSquaredError');
    const { objective } = metricsWanted(file, validated(file));
    ruleNames(file.earlyStopping ?? [], objective);
    return file;
  });
}

/** What `run` returns; an `InputError` that it throws with a path is given that in the file that the training file was made of. */
export function relocating<Result>(origin: Origin, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError) || error.place.path === undefined) throw error;
    throw new InputError(error.problem, { ...error.place, path: relocated(error.place.path, origin) });
  }
}

/** The same place in the file that the training file was made of. */
export function relocated(path: string, origin: Origin): string {
  const parts = [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
  return pathText(origin(parts));
}
