import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { type CursorOptions, journalCursor } from '../journal/journal-cursor.js';
import { beginsAsRead, type JournalPosition } from '../journal/journal-position.js';
import { type OpenJournal, openJournalToRead } from '../journal/read-back.js';
import { LARGE_JOURNAL } from '../journal/study-folder.js';
import { type CachedStudy, cachedStudy, cacheStudy } from './cached-study.js';
import { fileChanges } from './file-changes.js';
import type { SourceEvent } from './shelf.js';
import { pieceWithHeavy } from './study-cache.js';
import type { StudyTaker } from './study-piece.js';

/** Milliseconds between two looks at a journal that is followed. */
const LOOK = 250;

/** How a stored study is read. */
export interface StoredEventsOptions extends Pick<CursorOptions, 'many'> {
  /** Milliseconds between two looks at a journal that is followed; 250. */
  readonly look?: number | undefined;
  /** Takes in what is much, in place of events. */
  readonly into?: StudyTaker | undefined;
  /** With `into`: bytes of a journal from which on what was read of it is kept for the next time; 16 MiB. */
  readonly worth?: number | undefined;
  /** Milliseconds before that, as whoever looks at the study comes first; 1000. */
  readonly patience?: number | undefined;
}

/**
 * The events of a stored study from its journal, and those that another process adds. Never ends; a journal that was cut or
 * replaced begins anew, after `restart`. One that cannot be read is `unreadable`, and read anew when its file has changed.
 */
export function storedEvents(file: string, options: StoredEventsOptions = {}): Observable<SourceEvent> {
  const { look = LOOK, into, many, worth = LARGE_JOURNAL, patience = 1000 } = options;
  return new Observable(subscriber => {
    const over = new AbortController();
    const { signal } = over;
    const changes = fileChanges(dirname(file), file, look);
    /** Where what only details have is read again. */
    let journal: OpenJournal | undefined;
    /** Bytes of the journal that are in the cache, or will be. */
    let cached = 0;
    let keeps: NodeJS.Timeout | undefined;
    /** One after the other: a cache that is being written is not written by two. */
    let kept: Promise<unknown> = Promise.resolve();
    subscriber.add(() => {
      over.abort();
      changes.close();
      journal?.close();
      clearTimeout(keeps);
    });
    const forget = () => {
      journal?.close();
      journal = undefined;
      cached = 0;
      clearTimeout(keeps);
      subscriber.next({ type: 'restart' });
    };
    const opened = () => {
      journal ??= openJournalToRead(file);
      return journal;
    };
    const restore = async (taker: StudyTaker): Promise<CachedStudy | undefined> => {
      const from = openJournalToRead(file);
      const known = await cachedStudy(file, from, signal);
      try {
        if (known === undefined || subscriber.closed) throw new Error('there is no cache');
        taker.restore(known.parts);
        cached = known.position.bytes;
        journal = from;
        return known;
      } catch {
        from.close();
        return undefined;
      }
    };
    const keep = (position: JournalPosition | undefined) => {
      if (position === undefined || position.bytes - cached < worth) return;
      const parts = into?.parts();
      if (parts === undefined) return;
      cached = position.bytes;
      clearTimeout(keeps);
      keeps = setTimeout(() => {
        kept = kept.then(() => cacheStudy(file, parts, position, signal));
      }, patience);
      keeps.unref();
    };
    const follow = async () => {
      const size = await sizeOf(file);
      // What takes a while is told from the beginning.
      subscriber.next({ type: 'reading', share: size !== undefined && size >= worth ? 0 : undefined });
      if (size === undefined) subscriber.next({ type: 'read' });
      let known = into && (await restore(into));
      let cursor = journalCursor(file, { many, at: known?.position });
      let told = known !== undefined;
      let failed = false;
      let first = true;
      let waits = true;
      while (!subscriber.closed) {
        if (waits) await changes.next();
        waits = true;
        if (subscriber.closed) return;
        // It may be gone for a moment, while another takes its place, or for good: what it told holds.
        if (told && (await sizeOf(file)) === undefined) continue;
        if (failed) {
          subscriber.next({ type: 'reading' });
          if (told) forget();
          cursor = journalCursor(file, { many });
        }
        // What is added later is told as it is read; only what is there at first, or anew, is told as a whole.
        let whole = first || failed;
        let ended = whole;
        let pieces = 0;
        first = failed = false;
        try {
          await cursor.read(
            {
              event(event) {
                told = true;
                ended ||= event.type === 'study-finished';
                subscriber.next(event);
              },
              piece:
                into &&
                (piece => {
                  told = true;
                  pieces++;
                  ended ||= piece.others.at(-1)?.event.type === 'study-finished';
                  into.appendPiece(pieceWithHeavy(piece, opened));
                }),
              restart() {
                whole = ended = true;
                known = undefined;
                subscriber.next({ type: 'reading' });
                forget();
              },
              progress(share) {
                if (whole) subscriber.next({ type: 'reading', share });
              },
            },
            signal,
          );
          if (whole || pieces > 0) subscriber.next({ type: 'read' });
        } catch (error) {
          failed = true;
          subscriber.next({ type: 'unreadable', problem: error instanceof Error ? error.message : String(error) });
        }
        // What was told at once is looked through now: a line in its midst may have been damaged since.
        if (known?.sure === false && !(await beginsAsRead(file, known.position, signal))) {
          failed = true;
          waits = false;
        }
        known = undefined;
        if (!failed && ended) keep(cursor.position());
      }
    };
    follow().catch(error => subscriber.error(error));
  });
}

const sizeOf = async (file: string) => (await stat(file).catch(() => undefined))?.size;
