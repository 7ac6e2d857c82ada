import { statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { InputError, type Place } from '../errors.js';

/** A path that stands in `file`, seen from where `file` is seen from. */
export function pathFrom(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** Throws an `InputError` at `place` unless there is a file; a folder is none. */
export function requireFile(path: string, place: Place): void {
  const about = attempt(() => statSync(path));
  if (about === undefined) throw new InputError(`there is no file ${JSON.stringify(path)}`, place);
  if (about.isDirectory()) throw new InputError(`${JSON.stringify(path)} is a folder, expected a file`, place);
}

// A path may be one that no file can have.
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
