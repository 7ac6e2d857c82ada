import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Reference } from './part-schemas.js';

/** From a path relative to the folder of `from` to the same one relative to the folder of `to`. */
export function mover(from: string, to: string): (path: string) => string {
  const [old, now] = [dirname(resolve(from)), dirname(resolve(to))];
  if (old === now) return path => path;
  return path => {
    if (isAbsolute(path)) return path;
    const there = relative(now, resolve(old, path)).split(sep).join('/');
    return /^(\.|\/|[a-z]:)/i.test(there) ? there : `./${there}`;
  };
}

/** A copy of a JSON value in which every reference to a user's own part has its path moved. */
export function movedReferences<Value>(value: Value, moved: (path: string) => string): Value {
  if (Array.isArray(value)) return value.map(item => movedReferences(item, moved)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const { use } = value as Partial<Reference>;
  if (typeof use === 'string') return { ...value, use: moved(use) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, movedReferences(item, moved)])) as Value;
}
