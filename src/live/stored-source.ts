import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { journalCursor } from '../journal/journal-cursor.js';
import { fileChanges } from './file-changes.js';
import type { SourceEvent } from './shelf.js';

/** Milliseconds between two looks at a journal that is followed. */
const LOOK = 250;

/**
 * The events of a stored study from its journal, and those that another process adds. Never ends; a journal that was cut or
 * replaced begins anew, after `restart`. One that cannot be read is `unreadable`, and read anew when its file has changed.
 */
export function storedEvents(file: string, look = LOOK): Observable<SourceEvent> {
  return new Observable(subscriber => {
    const over = new AbortController();
    const changes = fileChanges(dirname(file), file, look);
    subscriber.add(() => {
      over.abort();
      changes.close();
    });
    const follow = async () => {
      let cursor = journalCursor(file);
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
          if (told) subscriber.next({ type: 'restart' });
          cursor = journalCursor(file);
        }
        // What is added later is told as it is read; only what is there at first, or anew, is told as a whole.
        let whole = first || failed;
        first = failed = false;
        try {
          await cursor.read(
            event => {
              told = true;
              subscriber.next(event);
            },
            () => {
              whole = true;
              subscriber.next({ type: 'reading' });
              subscriber.next({ type: 'restart' });
            },
            over.signal,
          );
          if (whole) subscriber.next({ type: 'read' });
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
