import { DEVICE_NAMES } from '../kernels/device.js';
import type { HParams } from '../tune/events.js';
import { type SearchSpace, searchSpace } from '../tune/space.js';
import { parseTemplate, withSplit } from './check-search.js';
import { movedReferences, mover } from './moved-paths.js';
import { isModuleSearch } from './search-kind.js';
import type { ModuleFile } from './study-schema.js';
import { trainingFileAt, withoutStudy } from './training-file-at.js';
import type { TrainingFile } from './training-schema.js';

/** A search file as a stored study has it, and what was stated instead of it when the study was run. */
export interface StoredSearch {
  readonly json: Readonly<Record<string, unknown>>;
  /** Where it was, to which its paths are relative. */
  readonly path: string;
  readonly seed?: number | undefined;
  /** On which the study ran; a name that is none of a device's is left out. */
  readonly device?: string | undefined;
}

/**
 * A stored search file with a point in place of its distributions, with paths relative to `to`: a training file that repeats that
 * trial's reports to the bit on the same machine, or, of a file with an objective of its own, that file with its `space` so.
 *
 * @throws InputError for a point that is not one of the file's.
 */
export function storedFileAt({ json, path, seed, device }: StoredSearch, hparams: HParams, to: string) {
  const space = searchSpace(parseTemplate(json)) as SearchSpace;
  const value = space.substitute(hparams) as object;
  const seeded = seed === undefined ? value : { ...value, seed };
  if (isModuleSearch(json)) return moduleFileAt(seeded as ModuleFile, path, to);
  const known = DEVICE_NAMES.find(name => name === device);
  const file = known === undefined ? seeded : { ...seeded, device: known };
  return trainingFileAt(withSplit(file as TrainingFile), path, to);
}

/** A trial's file with an objective of its own, without what only a study needs, its paths relative to `to`. */
export function moduleFileAt(file: ModuleFile, from: string, to: string): ModuleFile {
  const moved = mover(from, to);
  const { earlyStopping, ...rest } = withoutStudy(file) as ModuleFile;
  return {
    ...rest,
    objective: { ...rest.objective, module: moved(rest.objective.module) },
    ...(earlyStopping === undefined ? {} : { earlyStopping: movedReferences(earlyStopping, moved) }),
  };
}
