import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Waits for a file to become another. */
export interface FileChanges {
  /** Resolves when the file may have changed since the last call, or when it is over. */
  next(): Promise<void>;
  close(): void;
}

/**
 * Watches a file, which need not be there: by what the system tells of its folder, and, as not every file system does, by a look at its
 * size and time every so many milliseconds.
 */
export function fileChanges(folder: string, file: string, every: number): FileChanges {
  let known = '';
  let wake: (() => void) | undefined;
  let over = false;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, () => wake?.());
    watcher.on('error', () => watcher?.close());
  } catch {
    // Then only by looking.
  }
  const looks = async () => {
    const about = await stat(file).catch(() => undefined);
    const now = about === undefined ? '' : `${about.ino} ${about.size} ${about.mtimeMs} ${about.ctimeMs}`;
    const changed = now !== known;
    known = now;
    return changed;
  };
  return {
    async next() {
      while (!over && !(await looks())) {
        if (over) return;
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, every);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
    },
    close() {
      over = true;
      watcher?.close();
      wake?.();
    },
  };
}
