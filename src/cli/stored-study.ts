import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asyncScheduler } from 'rxjs';
import type { Search } from '../config/search-file.js';
import { InputError } from '../errors.js';
import { takeLock } from '../journal/lock.js';
import { type Journal, openJournal } from '../journal/open-journal.js';
import { readJournal } from '../journal/read-journal.js';
import { checkpointsFolder, journalFile, lockFile } from '../journal/study-folder.js';
import type { StudyEvent } from '../tune/events.js';
import { foldEvent } from '../tune/fold-event.js';
import { emptyStudy, type StudyState } from '../tune/study-state.js';
import type { TuneOptions } from '../tune/tune.js';
import { studiesFolder, studyNames } from './find-study.js';
import { counted } from './number.js';

/** Seconds of training between two states of a trial, unless the search file says otherwise. */
const CHECKPOINT_EVERY = 10;

/** How a study is to be stored. */
export interface StoringOptions {
  /** Its folder; by default one of its own among all studies. */
  readonly study?: string | undefined;
  /** It must be there already. */
  readonly resume?: true | undefined;
  /** What is there of it is put aside. */
  readonly fresh?: true | undefined;
  /** `false`: nothing is stored. */
  readonly journal?: boolean | undefined;
  /** Stated on the command line; else what somebody asked of the study while it ran holds on. */
  readonly trials?: number | undefined;
  /** Stated on the command line, likewise. */
  readonly parallel?: number | 'auto' | undefined;
}

/** A study with its journal, about to run or to go on. */
export interface StoredStudy {
  readonly folder: string;
  readonly journal: Journal;
  /** For `tune`, beside the search's own options. */
  readonly options: Pick<TuneOptions<never>, 'history' | 'survives' | 'checkpoint' | 'trials' | 'parallel'>;
  /** What people should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Opens the journal of a search's study, with what is stored of it so far. Where the studies' own folder cannot be written to, there is
 * none, and `notes` says so.
 *
 * @throws InputError for a stated folder that cannot be used, for one of another study, and when another process writes it.
 */
export async function openStoredStudy(
  search: Search,
  options: StoringOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<StoredStudy | { readonly notes: readonly string[]; readonly journal?: undefined }> {
  if (options.resume === true && options.fresh === true) {
    throw new InputError('--resume and --fresh exclude each other; leave one of them out');
  }
  if (options.journal === false) {
    const [needs] = (['study', 'resume', 'fresh'] as const).filter(name => options[name] !== undefined);
    if (needs === undefined) return { notes: [] };
    throw new InputError(`--${needs} is for studies that are stored; leave it or --no-journal out`);
  }
  const { study, source } = search;
  const studies = studiesFolder(env);
  const folder = options.study ?? join(studies, `${slug(study.name)}-${source.identity.slice(0, 8)}`);
  const there = existsSync(journalFile(folder));
  if (options.resume === true && !there) {
    throw new InputError('there is no study to go on with; leave --resume out to begin it', { file: folder });
  }
  if (options.study === undefined && !canBeWritten(studies)) {
    return { notes: [`nothing of this study is stored, because ${studies} cannot be written to`] };
  }
  const aside = options.fresh === true && there ? await putAside(folder, source.identity) : undefined;
  const journal = await openJournal(folder, {
    study: { name: study.name, identity: source.identity },
    search: { json: source.json, path: source.path },
    seeds: { study: search.options.seed ?? 0 },
  });
  const state = journal.events.reduce(foldEvent, emptyStudy);
  // What somebody asked of the study while it ran holds on, until the file says something else than it did.
  const before = journal.header.search?.json;
  const asked = (of: 'trials' | 'parallel') =>
    before?.[of] === source.json[of] ? askedFor(journal.events, of) : undefined;
  const trials = options.trials ?? asked('trials') ?? search.options.trials;
  const parallel = options.parallel === undefined ? asked('parallel') : undefined;
  if (parallel !== undefined) search.options.resize?.(parallel);
  return {
    folder,
    journal,
    options: {
      history: journal.events,
      survives: true,
      checkpoint: { folder: checkpointsFolder(folder), seconds: search.checkpointEvery ?? CHECKPOINT_EVERY },
      trials,
      ...(parallel !== undefined && { parallel }),
    },
    notes: [
      ...(aside === undefined ? [] : [`what was stored of this study before is in ${aside}`]),
      ...journal.notes,
      ...(journal.events.length === 0
        ? options.study === undefined && aside === undefined
          ? await othersOfThatName(studies, folder)
          : []
        : [whatIsThere(folder, state, trials)]),
    ],
  };
}

function whatIsThere(folder: string, { counts, trials, paused }: StudyState, limit: number | undefined): string {
  const ended = counts.complete + counts.pruned + counts.failed;
  if (limit !== undefined && ended >= limit && ended === trials.size) {
    return `all ${counted(ended, 'trial')} of this study are in ${folder} already; --trials ${2 * ended} runs more, --fresh begins it anew`;
  }
  const cut = trials.size - ended - counts.paused;
  const others = [
    ...(cut === 0 ? [] : [`${counted(cut, 'trial')} from where ${cut === 1 ? 'it was' : 'they were'}`]),
    ...(counts.paused === 0 ? [] : [`${counted(counts.paused, 'trial')} paused`]),
    ...(paused ? ['no longer paused as a whole'] : []),
  ];
  const there = `${counted(ended, 'trial')} that ${ended === 1 ? 'is' : 'are'} in ${folder}`;
  return `this study goes on after ${[there, ...others].join(', ')}; --fresh begins it anew`;
}

/** How many trials, in all or at a time, somebody wanted while the study ran. */
function askedFor(events: readonly StudyEvent[], of: 'trials' | 'parallel'): number | undefined {
  const change = events.findLast(event => event.type === 'study-changed' && event[of] !== undefined);
  return change?.type === 'study-changed' ? change[of] : undefined;
}

/** Renames the folder of this study, which nobody writes: its lock, which is held meanwhile, goes with it. */
async function putAside(folder: string, identity: string): Promise<string | undefined> {
  const lock = await takeLock(lockFile(folder), asyncScheduler.now()).catch(error => {
    throw error instanceof InputError ? error.at({ file: folder }) : error;
  });
  try {
    // Somebody else may have put it aside meanwhile.
    if (!existsSync(journalFile(folder))) return undefined;
    // A journal that is damaged may be put aside too.
    const stored = await readJournal(folder).catch(() => undefined);
    if (stored !== undefined && stored.header.study.identity !== identity) {
      throw new InputError('has another study, which is not to be put aside; give this study another folder', {
        file: folder,
      });
    }
    const { runningFile } = await import('../live/running-study.js');
    for (let number = 1; ; number++) {
      const aside = `${folder}.${number}`;
      if (existsSync(aside)) continue;
      await rename(folder, aside);
      await Promise.all([runningFile(aside), lockFile(aside)].map(file => rm(file, { force: true })));
      return aside;
    }
  } finally {
    // Of a folder that was renamed nothing is left, or a lock that is somebody else's.
    await lock.release();
  }
}

/** Says that there are studies of the same name, of another file, data or seed. */
async function othersOfThatName(studies: string, folder: string): Promise<string[]> {
  const own = basename(folder);
  const alike = (name: string) => name !== own && name.length === own.length && name.slice(0, -8) === own.slice(0, -8);
  const others = await studyNames(studies, alike);
  if (others.length === 0) return [];
  return [`this is another study than ${others.join(', ')} in ${studies}: its file, data or seed differ`];
}

/** At once, as the cores are busy with threads that start, and whoever waits for one of Node's own threads waits for a core too. */
function canBeWritten(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A name as part of a folder's. */
function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain.slice(0, 40) || 'study';
}
