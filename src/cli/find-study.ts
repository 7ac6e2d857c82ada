import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean, InputError } from '../errors.js';
import { readJournal, type StoredStudy } from '../journal/read-journal.js';
import { journalFile, STUDIES_FOLDER } from '../journal/study-folder.js';
import type { Io } from './io.js';
import { printNotes } from './print-notes.js';

/**
 * Reads the study that somebody means: its folder, its journal, or its name, that of a folder in `rxnn-studies`. Says on stderr what
 * people should know of it.
 *
 * @throws InputError when there is none, and for a journal that cannot be read.
 */
export async function findStudy(text: string, io: Io): Promise<StoredStudy> {
  const study = await readJournal(await studyPath(text));
  printNotes(study.notes, io);
  return study;
}

/** The folder or the journal of that study; an InputError says that there is none. */
export async function studyPath(text: string): Promise<string> {
  const named = join(STUDIES_FOLDER, text);
  const about = await stat(text).catch(() => undefined);
  if (about?.isFile() || (about !== undefined && (await exists(journalFile(text))))) return text;
  if (await exists(journalFile(named))) return named;
  const names = await studyNames(STUDIES_FOLDER);
  if (about !== undefined) throw new InputError('is a folder without a study: it has no journal.jsonl', { file: text });
  const known = names.length === 0 ? `, and none in ${STUDIES_FOLDER}` : didYouMean(text, names);
  const list = names.length === 0 ? '' : '; `rxnn studies` lists those that there are';
  throw new InputError(`there is no study "${text}"${known}${list}`);
}

/** The folders with a journal in a folder, in the order of their names. */
export async function studyNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const { name } of entries) if (await exists(journalFile(join(folder, name)))) found.push(name);
  return found.sort();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
