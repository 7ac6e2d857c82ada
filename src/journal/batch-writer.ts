import type { JournalFile } from './journal-file.js';

/** What writes lines in batches. */
export interface BatchWriter {
  /** Takes a line, its end included; `urgent`: it is to be on the disk at once. */
  write(line: string, urgent: boolean): void;
  /** Resolves when every line taken until now is on the disk; rejects when one could not be written. */
  flush(): Promise<void>;
}

/** How often a batch is written and brought to the disk, and who hears of a failure. */
export interface BatchWriterOptions {
  /** Milliseconds that a line waits for others at most. */
  readonly flushEvery: number;
  /** Milliseconds that a written line waits to be brought to the disk at most. */
  readonly syncEvery: number;
  /** Told once, with how many lines had been written whole; nothing is written after that. */
  readonly failed: (error: unknown, written: number) => void;
}

/** Somebody who waits until so many lines are on the disk. */
interface Waiting {
  readonly lines: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes lines to a file in their order, one operation at a time, none of which the caller waits for: what comes meanwhile is the
 * next batch, so that a slow disk makes larger batches.
 */
export function batchWriter(file: JournalFile, { flushEvery, syncEvery, failed }: BatchWriterOptions): BatchWriter {
  let pending: string[] = [];
  let taken = 0;
  let written = 0;
  let durable = 0;
  let syncWanted = false;
  let failure: { readonly error: unknown } | undefined;
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  let flushTimer: NodeJS.Timeout | undefined;
  let syncTimer: NodeJS.Timeout | undefined;

  /** Tells those whose lines are on the disk; the others came while it was synced, and it is to be once more. */
  const answer = () => {
    const here = waiting.filter(({ lines }) => lines <= durable);
    waiting = waiting.filter(({ lines }) => lines > durable);
    syncWanted ||= waiting.length > 0;
    for (const { resolve } of here) resolve();
  };
  const unfinished = () => pending.length > 0 || (syncWanted && durable < written);
  const work = async () => {
    while (unfinished()) {
      if (pending.length > 0) {
        const batch = pending;
        pending = [];
        await file.append(batch.join(''));
        written += batch.length;
        syncTimer ??= setTimeout(syncNow, syncEvery);
      }
      if (syncWanted) {
        syncWanted = false;
        clearTimeout(syncTimer);
        syncTimer = undefined;
        await file.sync();
        durable = written;
        answer();
      }
    }
  };
  const start = () => {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    working ??= work()
      .catch(error => {
        failure = { error };
        pending = [];
        clearTimeout(syncTimer);
        failed(error, written);
        for (const { reject } of waiting) reject(error);
      })
      .then(() => {
        working = undefined;
        if (failure === undefined && unfinished()) start();
      });
  };
  const syncNow = () => {
    syncWanted = true;
    start();
  };

  return {
    write(line, urgent) {
      if (failure !== undefined) return;
      pending.push(line);
      taken++;
      if (urgent) {
        syncWanted = true;
        // After what the same turn writes behind it.
        if (working === undefined) setImmediate(start);
      } else if (working === undefined) flushTimer ??= setTimeout(start, flushEvery);
    },
    async flush() {
      if (failure !== undefined) throw failure.error;
      if (durable === taken) return;
      const durably = new Promise<void>((resolve, reject) => waiting.push({ lines: taken, resolve, reject }));
      syncNow();
      await durably;
    },
  };
}
