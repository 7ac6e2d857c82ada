import { mkdir, open, rename, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asyncScheduler, type MonoTypeOperatorFunction, Observable, ReplaySubject } from 'rxjs';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { batchWriter } from './batch-writer.js';
import { type JournalHeader, type JournalInit, makeHeader } from './header.js';
import { type JournalFile, openJournalFile } from './journal-file.js';
import { takeLock } from './lock.js';
import { type JournalContent, readContent } from './read-journal.js';
import { sealedLine } from './sealed-line.js';
import { journalFile, lockFile } from './study-folder.js';

/** How a journal is written. */
export interface JournalOptions {
  /** Milliseconds that an event waits for others before they are written; default 20. */
  readonly flushEvery?: number | undefined;
  /** Milliseconds after which what was written is on the disk at the latest; default 1000. */
  readonly syncEvery?: number | undefined;
  /** Milliseconds since 1970; default: RxJS's asynchronous scheduler's, `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** Opens the file to write to; default: the file system's. */
  readonly openFile?: ((path: string) => Promise<JournalFile>) | undefined;
}

/** A study's journal, open for writing; nobody else can open it before it is closed. */
export interface Journal {
  readonly folder: string;
  readonly header: JournalHeader;
  /** Those stored before it was opened. */
  readonly events: readonly StudyEvent[];
  /** What people should know of how it was opened, a sentence each. */
  readonly notes: readonly string[];
  /**
   * Stores an event, soon; one that is stored already, by its `seq`, is ignored.
   *
   * @throws Error for an event that leaves a gap, and when the journal is closed.
   */
  write(event: StudyEvent): void;
  /**
   * Stores each event and passes it on; completes, or fails, after all are on the disk. Fails when the disk does, with what was written
   * until then safe.
   */
  readonly record: MonoTypeOperatorFunction<StudyEvent>;
  /** Resolves when every event is on the disk; rejects when one could not be written. */
  flush(): Promise<void>;
  /** Brings all to the disk, closes the file and gives back the lock. */
  close(): Promise<void>;
}

/**
 * Opens the journal of the study in a folder, which is created if there is none. Events are written in batches, never waited for,
 * and are on the disk after `syncEvery` at the latest, and at once with the end of a trial or of the study. A last line that was torn
 * off is removed, and the lock of a process that is gone is taken over; notes say so.
 *
 * @param header what a new journal says of its study; one that is there must be of the same study
 * @throws InputError when another process writes it, when the folder has another study, and for a journal that is damaged.
 */
export async function openJournal(folder: string, header: JournalInit, options: JournalOptions = {}): Promise<Journal> {
  const { flushEvery = 20, syncEvery = 1000, clock = () => asyncScheduler.now(), openFile = openJournalFile } = options;
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the folder of the study cannot be made (${error.message})`, { file: folder });
  });
  const path = journalFile(folder);
  const lock = await takeLock(lockFile(folder), clock()).catch(error => {
    throw error instanceof InputError ? error.at({ file: folder }) : error;
  });
  let file: JournalFile;
  let content: Pick<JournalContent, 'header' | 'events' | 'notes'>;
  try {
    content = (await stored(path, header)) ?? (await created(path, makeHeader(header, clock())));
    file = await openFile(path);
  } catch (error) {
    await lock.release();
    throw error;
  }

  const failed$ = new ReplaySubject<Error>(1);
  let failure: Error | undefined;
  let closing: Promise<void> | undefined;
  let next = content.events.length;
  const writer = batchWriter(file, {
    flushEvery,
    syncEvery,
    failed: (error, written) => {
      failure = unwritable(path, error, content.events.length + written);
      failed$.next(failure);
    },
  });
  const write = (event: StudyEvent) => {
    if (event.seq < next) return;
    if (closing !== undefined) throw new Error(`the journal ${path} is closed, and event ${event.seq} came after that`);
    if (event.seq > next)
      throw new Error(`the journal ${path} has events up to ${next - 1}; event ${event.seq} is not the next`);
    next++;
    writer.write(sealedLine(event), event.type === 'trial-finished' || event.type === 'study-finished');
  };
  const flush = () =>
    writer.flush().catch(error => {
      throw failure ?? error;
    });
  const close = async () => {
    // A failure that was told already is not told again.
    const told = failure !== undefined;
    try {
      await flush().catch(error => {
        if (!told) throw error;
      });
    } finally {
      await file.close().catch(() => {});
      await lock.release();
    }
  };

  return {
    folder,
    header: content.header,
    events: content.events,
    notes: [
      ...(lock.takenFrom ? [`process ${lock.takenFrom.pid}, which wrote this study, is gone`] : []),
      ...content.notes,
    ],
    write,
    record: source =>
      new Observable(subscriber => {
        subscriber.add(failed$.subscribe(error => subscriber.error(error)));
        if (subscriber.closed) return;
        subscriber.add(
          source.subscribe({
            next: event => {
              try {
                write(event);
              } catch (error) {
                return subscriber.error(error);
              }
              subscriber.next(event);
            },
            error: error => {
              const fail = () => subscriber.error(error);
              flush().then(fail, fail);
            },
            complete: () => {
              flush().then(
                () => subscriber.complete(),
                error => subscriber.error(error),
              );
            },
          }),
        );
      }),
    flush,
    close: () => (closing ??= close()),
  };
}

/** The journal that is there, made fit to be added to; undefined if there is none, or one with nothing in it yet. */
async function stored(path: string, { study }: JournalInit): Promise<JournalContent | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const content = await readContent(path);
  if (content === undefined) return undefined;
  const { header, bytes, torn, terminated } = content;
  if (header.study.identity !== study.identity) {
    throw new InputError(
      `holds another study, ${JSON.stringify(header.study.name)}, or this one before it was changed; give this study another folder`,
      { file: path },
    );
  }
  if (torn.length > 0) await truncate(path, bytes);
  if (!terminated) {
    const handle = await open(path, 'a');
    await handle.appendFile('\n').finally(() => handle.close());
  }
  return content;
}

/** A new journal, which appears with its whole first line. */
async function created(
  path: string,
  header: JournalHeader,
): Promise<Pick<JournalContent, 'header' | 'events' | 'notes'>> {
  const draft = `${path}.new`;
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(sealedLine(header));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    throw unwritable(path, error, 0);
  }
  // The new name is on the disk with its folder, which not every system lets one open.
  const folder = await open(dirname(path)).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
  return { header, events: [], notes: [] };
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user may not store more on the disk',
  EFBIG: 'the file would be larger than it may be',
  EROFS: 'the disk may only be read',
  EACCES: 'this user may not write it',
};

function unwritable(path: string, error: unknown, events: number): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = reasons[code] ?? message;
  const safe =
    events === 0 ? 'nothing of the study was stored' : `what was written until then, ${events} events, is safe`;
  return new Error(
    `${path} could not be written: ${reason}; ${safe}, and the study goes on from there when it is run again`,
    {
      cause: error,
    },
  );
}
