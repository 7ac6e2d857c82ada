import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, type Place } from '../errors.js';
import { fileBehind, writeWhole } from '../write-whole.js';

/** Checks before a long run of the file `source` that its result can be written to `path`; an InputError says why not. */
export async function requireWritable(path: string, source: string, option = '--out'): Promise<void> {
  const file = await fileBehind(path).catch(() => path);
  const folder = dirname(file);
  const place = { path: option };
  // A path that ends so is no file's, also where there is nothing yet.
  if (/[\\/]$/.test(path)) throw new InputError(`${path} is a folder, expected the name of a file`, place);
  const about = await stat(folder).catch(() => undefined);
  if (about === undefined) throw new InputError(`there is no folder ${folder}`, place);
  if (!about.isDirectory()) throw new InputError(`${folder} is no folder`, place);
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw new InputError(`${path} is a folder, expected the name of a file`, place);
  if (target?.isFile() === true && (await realpath(file)) === (await realpath(source).catch(() => undefined))) {
    throw new InputError(`${path} is the file that runs, and would be overwritten; give it another name`, place);
  }
  await access(target === undefined ? folder : path, constants.W_OK).catch(() => {
    throw new InputError(`${path} may not be written by this user`, place);
  });
}

/** That a study whose objective is a module has no training to repeat, and what there is instead. */
export function noTrainingFile(place: Place): InputError {
  const instead = '`rxnn best --json` prints what the module is called with for the best trial';
  return new InputError(
    `the objective of this study is a module, so no training file repeats a trial; ${instead}`,
    place,
  );
}

/** Writes a value as a JSON file that appears whole or not at all. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
