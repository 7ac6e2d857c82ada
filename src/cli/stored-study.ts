import { constants } from 'node:fs';
import { access, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Search } from '../config/search-file.js';
import { InputError } from '../errors.js';
import { type Journal, openJournal } from '../journal/open-journal.js';
import { checkpointsFolder, journalFile } from '../journal/study-folder.js';
import type { StudyEvent } from '../tune/events.js';
import { emptyStudy, foldEvent, type StudyState } from '../tune/study-state.js';
import type { TuneOptions } from '../tune/tune.js';
import { studiesFolder } from './find-study.js';
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
}

/** A study with its journal, about to run or to go on. */
export interface StoredStudy {
  readonly folder: string;
  readonly journal: Journal;
  /** For `tune`, beside the search's own options. */
  readonly options: Pick<TuneOptions<never>, 'history' | 'survives' | 'checkpoint' | 'trials'>;
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
  const there = await exists(journalFile(folder));
  if (options.resume === true && !there) {
    throw new InputError('there is no study to go on with; leave --resume out to begin it', { file: folder });
  }
  if (options.study === undefined && !(await canBeWritten(studies))) {
    return { notes: [`nothing of this study is stored, because ${studies} cannot be written to`] };
  }
  const aside = options.fresh === true && there ? await putAside(folder) : undefined;
  const journal = await openJournal(folder, {
    study: { name: study.name, identity: source.identity },
    search: { json: source.json, path: source.path },
    seeds: { study: search.options.seed ?? 0 },
  });
  const state = journal.events.reduce(foldEvent, emptyStudy);
  const trials = options.trials ?? askedFor(journal.events) ?? search.options.trials;
  return {
    folder,
    journal,
    options: {
      history: journal.events,
      survives: true,
      checkpoint: { folder: checkpointsFolder(folder), seconds: search.checkpointEvery ?? CHECKPOINT_EVERY },
      trials,
    },
    notes: [
      ...(aside === undefined ? [] : [`what was stored of this study before is in ${aside}`]),
      ...journal.notes,
      ...(journal.events.length === 0 ? [] : [whatIsThere(folder, state, trials)]),
    ],
  };
}

function whatIsThere(folder: string, { counts, trials }: StudyState, limit: number | undefined): string {
  const ended = counts.complete + counts.pruned + counts.failed;
  if (limit !== undefined && ended >= limit && ended === trials.size) {
    return `all ${counted(ended, 'trial')} of this study are in ${folder} already; --trials ${2 * ended} runs more, --fresh begins it anew`;
  }
  const cut = trials.size - ended;
  const others = cut === 0 ? '' : `, ${counted(cut, 'trial')} from where ${cut === 1 ? 'it was' : 'they were'}`;
  return `this study goes on after ${counted(ended, 'trial')} that are in ${folder}${others}; --fresh begins it anew`;
}

/** How many trials somebody wanted while the study ran. */
function askedFor(events: readonly StudyEvent[]): number | undefined {
  const change = events.findLast(event => event.type === 'study-changed' && event.trials !== undefined);
  return change?.type === 'study-changed' ? change.trials : undefined;
}

async function putAside(folder: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${folder}.${number}`;
    if (await exists(aside)) continue;
    await rename(folder, aside);
    return aside;
  }
}

async function canBeWritten(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
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
