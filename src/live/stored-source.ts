import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { journalCursor } from '../journal/journal-cursor.js';
import { fileChanges } from './file-changes.js';
import type { SourceEvent } from './shelf.js';

/** Milliseconds between two looks at a journal that is followed. */
const LOOK = 250;

/**
 * The events of a stored study from its journal, and those that another process adds. Never completes; a journal that was cut or
 * replaced begins anew, after `restart`; fails with an InputError when it cannot be read.
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
      const cursor = journalCursor(file);
      let told = false;
      while (!subscriber.closed) {
        await changes.next();
        if (subscriber.closed) return;
        // It may be gone for a moment, while another takes its place, or for good: what it told holds.
        if (told && (await stat(file).catch(() => undefined)) === undefined) continue;
        await cursor.read(
          event => {
            told = true;
            subscriber.next(event);
          },
          () => subscriber.next({ type: 'restart' }),
          over.signal,
        );
      }
    };
    follow().catch(error => subscriber.error(error));
  });
}
