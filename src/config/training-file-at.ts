import { movedReferences, mover } from './moved-paths.js';
import type { TrainingFile } from './training-schema.js';

/** What only a study needs. */
export const ONLY_OF_STUDIES = [
  '$schema',
  'sampler',
  'trials',
  'constraints',
  'enqueue',
  'duplicates',
  'nan',
  'deterministic',
  'parallel',
  'workerTimeout',
  'checkpoint',
] as const;

/**
 * A trial's file as a training file that stands at `to`: without what only a study needs, its paths relative to `to`.
 *
 * @param from the search file, to which the paths were relative
 */
export function trainingFileAt(training: TrainingFile, from: string, to = from): TrainingFile {
  const rest = withoutStudy(training);
  const moved = mover(from, to);
  const { data, model, earlyStopping } = rest;
  return {
    ...rest,
    data: { ...data, source: moved(data.source) },
    model: movedReferences(model, moved),
    ...(earlyStopping === undefined ? {} : { earlyStopping: movedReferences(earlyStopping, moved) }),
  };
}

/** A trial's file without what only a study needs. */
export function withoutStudy<File extends object>(file: File): Omit<File, (typeof ONLY_OF_STUDIES)[number]> {
  const kept = Object.entries(file).filter(([key]) => !(ONLY_OF_STUDIES as readonly string[]).includes(key));
  return Object.fromEntries(kept) as Omit<File, (typeof ONLY_OF_STUDIES)[number]>;
}
