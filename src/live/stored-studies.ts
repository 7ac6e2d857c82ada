import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Observable, shareReplay } from 'rxjs';
import { InputError } from '../errors.js';
import { journalFile, locateStudy } from '../journal/study-folder.js';
import { runningStudy } from './running-study.js';
import { sendCommand } from './send-command.js';
import type { CommandTaker, Shelf, ShelvedStudy } from './shelf.js';
import { storedEvents } from './stored-source.js';
import { type StoredSummary, storedSummary } from './stored-summary.js';

/** How stored studies are followed. */
export interface StoredStudiesOptions {
  /** Milliseconds between two looks at which studies there are and how they stand; 1,000. */
  readonly listEvery?: number | undefined;
  /** Milliseconds between two looks at a journal that is followed; 250. */
  readonly followEvery?: number | undefined;
}

interface Stored {
  readonly key: string;
  readonly folder: string;
  readonly file: string;
  readonly summary: StoredSummary;
  readonly control: CommandTaker;
  listed?: ShelvedStudy | undefined;
}

/**
 * A shelf of stored studies: the one in a folder, that of a journal, or all in the folders of a folder, the newest first; new ones are noticed.
 * A study that another process runs is followed, and commands are handed on to it. One that cannot be read is listed with the reason.
 *
 * @throws InputError when there is nothing at the path.
 */
export async function storedStudies(path: string, options: StoredStudiesOptions = {}): Promise<Shelf> {
  const { listEvery = 1_000, followEvery } = options;
  const about = await stat(path).catch(() => undefined);
  if (about === undefined) throw new InputError('there is no such study, and no such folder', { file: path });
  const single = !about.isDirectory() || (await exists(journalFile(path)));
  const found = single ? await locateStudy(path) : undefined;
  const all = new Map<string, Stored>();

  const keep = (folder: string, file: string) => {
    const known = all.get(file);
    if (known !== undefined) return known;
    const place = resolve(folder);
    const stored: Stored = {
      key: basename(place) || 'study',
      folder: place,
      file,
      summary: storedSummary(place, file),
      control: handsOn(place),
    };
    all.set(file, stored);
    return stored;
  };
  const look = async (): Promise<Stored[]> => {
    if (found !== undefined) return [keep(found.folder, found.file)];
    const names = await readdir(path).catch(() => []);
    const folders = names.map(name => join(path, name));
    const there = await Promise.all(folders.map(folder => exists(journalFile(folder))));
    const files = new Set(folders.filter((_, i) => there[i]).map(journalFile));
    for (const file of all.keys()) if (!files.has(file)) all.delete(file);
    return folders.filter((_, i) => there[i]).map(folder => keep(folder, journalFile(folder)));
  };
  const listed = async (stored: Stored, signal: AbortSignal): Promise<ShelvedStudy> => {
    const { key, folder, file, control } = stored;
    const { name = key, summary } = await stored.summary.update(signal);
    const before = stored.listed;
    if (before?.name !== name || JSON.stringify(before.summary) !== JSON.stringify(summary)) {
      stored.listed = { key, name, folder, control, summary, open: () => storedEvents(file, followEvery) };
    }
    return stored.listed as ShelvedStudy;
  };

  const studies$ = new Observable<readonly ShelvedStudy[]>(subscriber => {
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    subscriber.add(() => {
      over.abort();
      clearTimeout(timer);
    });
    let told: readonly ShelvedStudy[] | undefined;
    const round = async () => {
      const studies: ShelvedStudy[] = [];
      for (const stored of await look()) {
        studies.push(await listed(stored, over.signal));
        if (subscriber.closed) return;
      }
      studies.sort((a, b) => (b.summary?.startedAt ?? 0) - (a.summary?.startedAt ?? 0) || (a.key < b.key ? -1 : 1));
      if (told?.length !== studies.length || studies.some((study, i) => study !== told?.[i])) {
        told = studies;
        subscriber.next(studies);
      }
      timer = setTimeout(() => void round().catch(error => subscriber.error(error)), listEvery);
      timer.unref();
    };
    round().catch(error => subscriber.error(error));
  }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
  return { studies$ };
}

/** Hands commands on to the process that runs the study in a folder. */
function handsOn(folder: string): CommandTaker {
  return {
    async send(command, by) {
      const running = await runningStudy(folder);
      if (running === undefined) throw new InputError('nothing runs this study now, so it takes no commands');
      const answer = await sendCommand(running, command, { by });
      if (!answer.ok) throw new Error(answer.error);
      const { trial, hparams } = answer;
      return { ...(trial !== undefined && { trial }), ...(hparams !== undefined && { hparams }) };
    },
  };
}

const exists = async (path: string) => (await stat(path).catch(() => undefined)) !== undefined;
