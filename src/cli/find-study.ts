import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean, InputError } from '../errors.js';
import { readJournal, type StoredStudy } from '../journal/read-journal.js';
import { journalFile, locateStudy, STUDIES_FOLDER } from '../journal/study-folder.js';
import type { Io } from './io.js';
import { printNotes } from './print-notes.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a stored study is. */
export interface FoundStudy {
  readonly folder: string;
  /** The journal. */
  readonly file: string;
}

/**
 * A stored study by its folder, its journal or its name among all studies, of which the beginning is enough: `digits` is
 * `digits-2b5e5202`, unless there are two such.
 *
 * @throws InputError when there is none, or more than one.
 */
export async function whichStudy(study: string, env: Environment): Promise<FoundStudy> {
  const there = await stat(study).catch(() => undefined);
  if (there !== undefined && (!there.isDirectory() || (await hasJournal(study)))) return locateStudy(study);
  const studies = studiesFolder(env);
  const names = await studyNames(studies);
  const [name, ...others] = matches(study, names);
  if (name === undefined) {
    throw new InputError(
      there === undefined
        ? `there is no study "${study}", neither here nor in ${studies}${didYouMean(study, names)}`
        : `${study} is a folder without a study, and in ${studies} there is none of that name`,
    );
  }
  if (others.length > 0) {
    throw new InputError(`"${study}" may be any of ${[name, ...others].join(', ')}; say more of its name`);
  }
  return locateStudy(join(studies, name));
}

/**
 * Reads the study that somebody means, and says on stderr what people should know of it.
 *
 * @throws InputError when there is none, and for a journal that cannot be read.
 */
export async function findStudy(study: string, io: Io): Promise<StoredStudy> {
  const stored = await readJournal((await whichStudy(study, io.env)).file);
  printNotes(stored.notes, io);
  return stored;
}

/** Where all studies are, unless they are told otherwise. */
export function studiesFolder(env: Environment): string {
  return env.RXNN_STUDIES ?? STUDIES_FOLDER;
}

/** The studies that somebody may mean: those that fit best, of which there should be one. */
function matches(study: string, names: readonly string[]): readonly string[] {
  // Nothing is the beginning of every name.
  const begins = study === '' ? [] : names.filter(name => name.startsWith(study));
  // The folder of a study is its name with a digest behind it; what was put aside has a number behind that.
  const digest = /^-[0-9a-f]{8}$/;
  const aside = /\.\d+$/;
  const ways = [
    names.filter(name => name === study),
    begins.filter(name => digest.test(name.slice(study.length))),
    begins.filter(name => !aside.test(name)),
    begins,
  ];
  return ways.find(({ length }) => length > 0) ?? [];
}

/** The folders with a study in a folder, in the order of their names. */
export async function studyNames(studies: string, wanted = (_: string) => true): Promise<string[]> {
  const entries = (await readdir(studies).catch(() => [])).filter(wanted);
  const stored = await Promise.all(entries.map(name => hasJournal(join(studies, name))));
  return entries.filter((_, i) => stored[i]).sort();
}

async function hasJournal(folder: string): Promise<boolean> {
  return (await stat(journalFile(folder)).catch(() => undefined)) !== undefined;
}
