import { constants, copyFile, rename, rm, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asyncScheduler } from 'rxjs';
import { InputError } from '../errors.js';
import { DamagedLine } from './damaged-line.js';
import { takeLock } from './lock.js';
import { readContent } from './read-journal.js';
import { locateStudy, lockFile } from './study-folder.js';

/** What was done to a damaged journal. */
export interface Salvage {
  /** The journal, whole now. */
  readonly file: string;
  /** How many events it has. */
  readonly kept: number;
  /** The number, from 1, of the first damaged line. */
  readonly line: number;
  /** Where the journal as it was is kept. */
  readonly copy: string;
}

/**
 * Cuts a damaged journal before its first damaged line, so that the study goes on from there; the journal as it was is kept beside it.
 *
 * @param path the study's folder, or its journal
 * @param now milliseconds since 1970; default: RxJS's asynchronous scheduler's, `Date.now`
 * @throws InputError when nothing is damaged, when even the first line is, and when somebody writes the study.
 */
export async function salvageJournal(path: string, now = asyncScheduler.now()): Promise<Salvage> {
  const { folder, file } = await locateStudy(path);
  const lock = await takeLock(lockFile(folder), now).catch(error => {
    throw error instanceof InputError ? error.at({ file: folder }) : error;
  });
  try {
    const damage = await readContent(file).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (damage === undefined) throw new InputError('no line is damaged, so there is nothing to salvage', { file });
    if (!(damage instanceof DamagedLine) || damage.before.number === 1) throw damage;
    const { number, offset } = damage.before;
    const copy = await keptCopy(file, folder);
    const draft = `${file}.new`;
    try {
      await copyFile(file, draft);
      await truncate(draft, offset);
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
    return { file, kept: number - 2, line: number, copy };
  } finally {
    await lock.release();
  }
}

/** A copy of a journal under the first name that is free: `journal.damaged-1.jsonl`. */
async function keptCopy(file: string, folder: string): Promise<string> {
  for (let n = 1; ; n++) {
    const copy = join(folder, `${basename(file, '.jsonl')}.damaged-${n}.jsonl`);
    try {
      await copyFile(file, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
