import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { didYouMean, InputError } from '../errors.js';
import { readHeader, readJournal, type StoredStudy } from '../journal/read-journal.js';
import { journalFile, STUDIES_FOLDER } from '../journal/study-folder.js';
import type { Io } from './io.js';
import { printNotes } from './print-notes.js';

/**
 * Reads the study that somebody means: its folder, its journal, its name, or the name of its folder among all studies. Says on stderr
 * what people should know of it.
 *
 * @throws InputError when there is none, and for a journal that cannot be read.
 */
export async function findStudy(text: string, io: Io): Promise<StoredStudy> {
  const study = await readJournal(await studyPath(text, io));
  printNotes(study.notes, io);
  return study;
}

/** Where studies are stored, unless somebody says otherwise. */
export function studiesFolder({ env }: Pick<Io, 'env'>): string {
  return env.RXNN_STUDIES ?? STUDIES_FOLDER;
}

/** The folder or the journal of that study; of several with that name the newest, which is said. An `InputError` says that there is none. */
export async function studyPath(text: string, io: Io): Promise<string> {
  const about = await stat(text).catch(() => undefined);
  if (about?.isFile() || (about !== undefined && (await exists(journalFile(text))))) return text;
  const studies = studiesFolder(io);
  const named = join(studies, text);
  if (await exists(journalFile(named))) return named;
  const folders = (await studyNames(studies)).map(name => join(studies, name));
  const all = await Promise.all(folders.map(async folder => ({ folder, ...(await nameAndAge(folder)) })));
  const meant = all.filter(({ name }) => name === text).sort((a, b) => b.createdAt - a.createdAt);
  const [newest] = meant;
  if (newest !== undefined) {
    const among = `${newest.folder} is the newest of ${meant.length} studies with that name`;
    if (meant.length > 1) printNotes([among], io);
    return newest.folder;
  }
  if (about !== undefined) throw new InputError('is a folder without a study: it has no journal.jsonl', { file: text });
  if (all.length === 0) throw new InputError(`there is no study "${text}", and none in ${studies}`);
  const names = all.flatMap(({ name, folder }) => [basename(folder), ...(name === undefined ? [] : [name])]);
  throw new InputError(
    `there is no study "${text}"${didYouMean(text, names)}; \`rxnn studies\` lists those that there are`,
  );
}

/** The folders with a journal in a folder, in the order of their names. */
export async function studyNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const { name } of entries) if (await exists(journalFile(join(folder, name)))) found.push(name);
  return found.sort();
}

/** Of a study; one whose journal says nothing has none. */
async function nameAndAge(folder: string): Promise<{ readonly name?: string; readonly createdAt: number }> {
  try {
    const { study, createdAt } = await readHeader(folder);
    return { name: study.name, createdAt };
  } catch (error) {
    if (error instanceof InputError) return { createdAt: 0 };
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
