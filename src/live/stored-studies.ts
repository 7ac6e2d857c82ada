import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Observable, shareReplay, tap } from 'rxjs';
import { InputError } from '../errors.js';
import { journalFile, locateStudy } from '../journal/study-folder.js';
import { runningStudy } from './running-study.js';
import type { CommandTaker, Shelf, ShelvedStudy } from './shelf.js';
import { storedEvents } from './stored-source.js';
import { type StoredSummary, storedSummary } from './stored-summary.js';
import type { StudyTaker } from './study-piece.js';

/** How stored studies are followed. */
export interface StoredStudiesOptions {
  /** Milliseconds between two looks at which studies there are and how they stand; 1,000. */
  readonly listEvery?: number | undefined;
  /** Milliseconds between two looks at a journal that is followed; 250. */
  readonly followEvery?: number | undefined;
}

interface Stored {
  readonly file: string;
  /** When it was changed before it was first seen. */
  readonly changed: number;
  readonly summary: StoredSummary;
  /** Somebody waits for all of it: what a list says of it comes after that. */
  reading: boolean;
  listed: ShelvedStudy;
}

/** Studies looked at at a time, so that a large one does not keep the others from being listed. */
const LANES = 4;

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
  const single = !about.isDirectory() || (await modified(journalFile(path))) !== undefined;
  const found = single ? await locateStudy(path) : undefined;
  const all = new Map<string, Stored>();

  const keep = (folder: string, file: string, changed: number) => {
    const known = all.get(file);
    if (known !== undefined) return known;
    const place = resolve(folder);
    const key = basename(place) || 'study';
    const control = handsOn(place);
    const open = (into?: StudyTaker) =>
      storedEvents(file, { look: followEvery, into }).pipe(
        tap({
          next: ({ type }) => {
            if (type === 'reading') stored.reading = true;
            else if (type === 'read' || type === 'unreadable') stored.reading = false;
          },
          unsubscribe: () => {
            stored.reading = false;
          },
        }),
      );
    const stored: Stored = {
      file,
      changed,
      summary: storedSummary(place, file),
      reading: false,
      listed: { key, name: key, folder: place, control, open },
    };
    all.set(file, stored);
    return stored;
  };
  /** Notes which studies there are. */
  const look = async () => {
    const folders = found ? [found.folder] : (await readdir(path).catch(() => [])).map(name => join(path, name));
    const files = folders.map(folder => found?.file ?? journalFile(folder));
    const times = await Promise.all(files.map(modified));
    for (const file of all.keys()) if (times[files.indexOf(file)] === undefined) all.delete(file);
    for (const [i, time] of times.entries()) {
      if (time !== undefined) keep(folders[i] as string, files[i] as string, time);
    }
  };
  /** The newest first. */
  const sorted = () => {
    const begun = ({ listed, changed }: Stored) => listed.summary?.startedAt ?? changed;
    return [...all.values()]
      .sort((a, b) => begun(b) - begun(a) || (a.file < b.file ? -1 : 1))
      .map(({ listed }) => listed);
  };
  const update = async (stored: Stored, signal: AbortSignal) => {
    const { listed } = stored;
    const { name = listed.key, summary } = await stored.summary.update(signal);
    if (listed.name === name && JSON.stringify(listed.summary) === JSON.stringify(summary)) return;
    stored.listed = { ...listed, name, summary };
  };
  await look();

  const studies$ = new Observable<readonly ShelvedStudy[]>(subscriber => {
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    subscriber.add(() => {
      over.abort();
      clearTimeout(timer);
    });
    let told: readonly ShelvedStudy[] | undefined;
    const tell = () => {
      const studies = sorted();
      if (told?.length === studies.length && studies.every((study, i) => study === told?.[i])) return;
      told = studies;
      subscriber.next(studies);
    };
    const follow = async () => {
      for (;;) {
        const next = all.values();
        const lane = async () => {
          for (const stored of next) {
            if (stored.reading) continue;
            await update(stored, over.signal);
            if (subscriber.closed) return;
            tell();
          }
        };
        await Promise.all(Array.from({ length: LANES }, lane));
        if (subscriber.closed) return;
        await new Promise(resolve => {
          timer = setTimeout(resolve, listEvery);
          timer.unref();
        });
        await look();
        if (subscriber.closed) return;
        tell();
      }
    };
    tell();
    follow().catch(error => subscriber.error(error));
  }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
  return { studies$ };
}

/** Hands commands on to the process that runs the study in a folder. */
function handsOn(folder: string): CommandTaker {
  return {
    async send(command, by) {
      const running = await runningStudy(folder);
      if (running === undefined) throw new InputError('nothing runs this study now, so it takes no commands');
      // WebSockets take longer to load than a list of studies.
      const { sendCommand } = await import('./send-command.js');
      const answer = await sendCommand(running, command, { by });
      if (!answer.ok) throw new Error(answer.error);
      const { trial, hparams } = answer;
      return { ...(trial !== undefined && { trial }), ...(hparams !== undefined && { hparams }) };
    },
  };
}

const modified = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs;
