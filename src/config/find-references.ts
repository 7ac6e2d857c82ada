import { type Path, pathText } from '../tune/path.js';
import type { Origin } from './check-schema.js';
import type { Reference } from './part-schemas.js';
import type { TrainingFile } from './training-schema.js';

/** Where a file refers to a user's own part. */
export interface FoundReference {
  readonly reference: Reference;
  readonly path: string;
}

/** The users' own activations and rules that a training file refers to, with their places. */
export function findReferences(
  { model, earlyStopping = [] }: Partial<Pick<TrainingFile, 'model' | 'earlyStopping'>>,
  origin: Origin,
): FoundReference[] {
  const found: FoundReference[] = [];
  const look = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value) && typeof (value as Partial<Reference>).use === 'string') {
      found.push({ reference: value as Reference, path: pathText(origin(path)) });
      return;
    }
    for (const [key, item] of Object.entries(value)) look(item, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  look(model, ['model']);
  look(earlyStopping, ['earlyStopping']);
  return found;
}
