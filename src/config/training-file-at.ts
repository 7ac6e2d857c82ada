import { dirname, relative, resolve, sep } from 'node:path';
import type { Reference } from './part-schemas.js';
import type { TrainingFile } from './training-schema.js';

/**
 * A trial's file as a training file that stands at `to`: without what only a study needs, its paths relative to `to`.
 *
 * @param from the search file, to which the paths were relative
 */
export function trainingFileAt(training: TrainingFile, from: string, to = from): TrainingFile {
  const { $schema: _, sampler: _s, trials: _t, parallel: _p, ...rest } = training;
  const moved = (path: string) => {
    if (dirname(resolve(from)) === dirname(resolve(to))) return path;
    const there = relative(dirname(resolve(to)), resolve(dirname(from), path))
      .split(sep)
      .join('/');
    return there.startsWith('.') || there.startsWith('/') || /^[a-z]:/i.test(there) ? there : `./${there}`;
  };
  const movedParts = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(movedParts);
    if (typeof value !== 'object' || value === null) return value;
    const { use } = value as Partial<Reference>;
    if (typeof use === 'string') return { ...value, use: moved(use) };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, movedParts(item)]));
  };
  return {
    ...rest,
    data: { ...rest.data, source: moved(rest.data.source) },
    model: movedParts(rest.model) as TrainingFile['model'],
    ...(rest.earlyStopping === undefined
      ? {}
      : { earlyStopping: movedParts(rest.earlyStopping) as TrainingFile['earlyStopping'] }),
  };
}
