import { movedReferences, mover } from './moved-paths.js';
import type { TrainingFile } from './training-schema.js';

/**
 * A trial's file as a training file that stands at `to`: without what only a study needs, its paths relative to `to`.
 *
 * @param from the search file, to which the paths were relative
 */
export function trainingFileAt(training: TrainingFile, from: string, to = from): TrainingFile {
  const { $schema: _, sampler: _s, trials: _t, parallel: _p, workerTimeout: _w, ...rest } = training;
  const moved = mover(from, to);
  const { data, model, earlyStopping } = rest;
  return {
    ...rest,
    data: { ...data, source: moved(data.source) },
    model: movedReferences(model, moved),
    ...(earlyStopping === undefined ? {} : { earlyStopping: movedReferences(earlyStopping, moved) }),
  };
}
