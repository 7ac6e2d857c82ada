import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { type CursorOptions, journalCursor } from '../journal/journal-cursor.js';
import type { JournalPiece } from '../journal/journal-piece.js';
import { type OpenJournal, openJournalToRead } from '../journal/read-back.js';
import { fileChanges } from './file-changes.js';
import { heavyOf } from './light-event.js';
import type { SourceEvent } from './shelf.js';
import type { PieceTaker, StudyPiece } from './study-piece.js';

/** Milliseconds between two looks at a journal that is followed. */
const LOOK = 250;

/** How a stored study is read. */
export interface StoredEventsOptions extends CursorOptions {
  /** Milliseconds between two looks at a journal that is followed; 250. */
  readonly look?: number | undefined;
  /** Takes in what is much, in place of events. */
  readonly into?: PieceTaker | undefined;
}

/**
 * The events of a stored study from its journal, and those that another process adds. Never ends; a journal that was cut or
 * replaced begins anew, after `restart`. One that cannot be read is `unreadable`, and read anew when its file has changed.
 */
export function storedEvents(file: string, options: StoredEventsOptions = {}): Observable<SourceEvent> {
  const { look = LOOK, into, many } = options;
  return new Observable(subscriber => {
    const over = new AbortController();
    const changes = fileChanges(dirname(file), file, look);
    /** Where what only details have is read again. */
    let journal: OpenJournal | undefined;
    subscriber.add(() => {
      over.abort();
      changes.close();
      journal?.close();
    });
    const forget = () => {
      journal?.close();
      journal = undefined;
      subscriber.next({ type: 'restart' });
    };
    const withHeavy = (piece: JournalPiece): StudyPiece => {
      const { heavy, others, place } = piece;
      if (!heavy && others.every(({ event }) => heavyOf(event) === undefined)) return { ...piece, heavy: undefined };
      journal ??= openJournalToRead(file);
      const from = journal;
      return { ...piece, heavy: () => new Map(from.eventsAt(place).map(event => [event.seq, heavyOf(event) ?? {}])) };
    };
    const follow = async () => {
      let cursor = journalCursor(file, { many });
      let told = false;
      let failed = false;
      let first = true;
      subscriber.next({ type: 'reading' });
      if (!(await exists(file))) subscriber.next({ type: 'read' });
      while (!subscriber.closed) {
        await changes.next();
        if (subscriber.closed) return;
        // It may be gone for a moment, while another takes its place, or for good: what it told holds.
        if (told && !(await exists(file))) continue;
        if (failed) {
          subscriber.next({ type: 'reading' });
          if (told) forget();
          cursor = journalCursor(file, { many });
        }
        // What is added later is told as it is read; only what is there at first, or anew, is told as a whole.
        let whole = first || failed;
        let pieces = 0;
        first = failed = false;
        try {
          await cursor.read(
            {
              event(event) {
                told = true;
                subscriber.next(event);
              },
              piece:
                into &&
                (piece => {
                  told = true;
                  pieces++;
                  into.appendPiece(withHeavy(piece));
                }),
              restart() {
                whole = true;
                subscriber.next({ type: 'reading' });
                forget();
              },
              progress(share) {
                if (whole) subscriber.next({ type: 'reading', share });
              },
            },
            over.signal,
          );
          if (whole || pieces > 0) subscriber.next({ type: 'read' });
        } catch (error) {
          failed = true;
          subscriber.next({ type: 'unreadable', problem: error instanceof Error ? error.message : String(error) });
        }
      }
    };
    follow().catch(error => subscriber.error(error));
  });
}

const exists = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;
