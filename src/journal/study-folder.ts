import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.js';

/** Where studies are stored unless somebody says otherwise, relative to where `rxnn` runs. */
export const STUDIES_FOLDER = 'rxnn-studies';

/** Bytes of a journal from which on it is large: worth keeping what was read of it. */
export const LARGE_JOURNAL = 16 << 20;

/** The journal of the study in a folder. */
export const journalFile = (folder: string): string => join(folder, 'journal.jsonl');

/** The lock that the writer of the study in a folder holds. */
export const lockFile = (folder: string): string => join(folder, 'lock');

/** Where the states of the trainings of the study in a folder are stored. */
export const checkpointsFolder = (folder: string): string => join(folder, 'checkpoints');

/**
 * The folder and the journal of a study, from either of them.
 *
 * @throws InputError when there is neither.
 */
export async function locateStudy(path: string): Promise<{ readonly folder: string; readonly file: string }> {
  const about = await stat(path).catch(() => undefined);
  if (about === undefined) throw new InputError('there is no such study', { file: path });
  if (!about.isDirectory()) return { folder: dirname(path), file: path };
  const file = journalFile(path);
  if ((await stat(file).catch(() => undefined)) === undefined) {
    throw new InputError(`is a folder without a study: it has no ${basename(file)}`, { file: path });
  }
  return { folder: path, file };
}
