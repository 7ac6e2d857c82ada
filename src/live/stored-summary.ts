import { open } from 'node:fs/promises';
import { type JournalCursor, journalCursor } from '../journal/journal-cursor.js';
import { lockHolder } from '../journal/lock.js';
import { isGone } from '../journal/process-identity.js';
import { lineValue, openedLine } from '../journal/sealed-line.js';
import { lockFile } from '../journal/study-folder.js';
import type { StudyEvent } from '../tune/events.js';
import { foldWithoutReports } from '../tune/fold-event.js';
import { foldRows } from '../tune/fold-rows.js';
import { emptyStudy, noCounts, type StudyState } from '../tune/study-state.js';
import { cachedState } from './cached-study.js';
import { inOrder } from './study-piece.js';
import { type Summary, summaryOf } from './summary.js';

/** What is known of a stored study without opening it. */
export interface StoredSummary {
  /** Reads what is new, if the file has changed. */
  update(signal: AbortSignal): Promise<{ readonly name: string | undefined; readonly summary: Summary }>;
}

/** As much as is looked at of either end of a journal, for a study that has come to its end: a megabyte at most. */
const END = 1 << 20;

/**
 * The summary of the study in a folder. Of one that has ended only the beginning and the end of the journal are read; of any other
 * what its cache says, if nothing was added since; else it is folded from its events, once, and then what is added.
 */
export function storedSummary(folder: string, file: string): StoredSummary {
  let known = '';
  let cursor: JournalCursor | undefined;
  let state: StudyState = emptyStudy;
  let changedAt: number | undefined;
  let problem: string | undefined;

  const readAll = async (signal: AbortSignal) => {
    cursor ??= journalCursor(file);
    const take = (event: StudyEvent) => {
      state = foldWithoutReports(state, event);
      changedAt = event.time;
    };
    await cursor.read(
      {
        event: take,
        piece: piece =>
          inOrder(piece, take, (rows, from, to) => {
            state = foldRows(state, rows, from, to);
            changedAt = rows.time[to - 1];
          }),
        restart() {
          state = emptyStudy;
        },
      },
      signal,
    );
  };
  const look = async (signal: AbortSignal) => {
    const handle = await open(file);
    try {
      const { ino, size, mtimeMs } = await handle.stat();
      const now = `${ino} ${size} ${mtimeMs}`;
      if (now === known) return;
      known = now;
      problem = undefined;
      const ends = cursor === undefined ? await bothEnds(handle, size) : undefined;
      const cached = cursor === undefined && ends === undefined ? await cachedState(file) : undefined;
      if (ends !== undefined) [state, changedAt] = [ended(...ends), ends[1].time];
      else if (cached !== undefined) ({ state, changedAt } = cached);
      else await readAll(signal);
    } finally {
      await handle.close();
    }
  };

  return {
    async update(signal) {
      try {
        await look(signal);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      const name = state.study?.name;
      if (problem !== undefined) {
        return { name, summary: { ...summaryOf(state, changedAt), state: 'unreadable', problem } };
      }
      const summary = summaryOf(state, changedAt);
      const open = summary.state === 'running' || summary.state === 'paused' || summary.state === 'waiting';
      return { name, summary: open && !(await isWritten(folder)) ? { ...summary, state: 'interrupted' } : summary };
    },
  };
}

/** Whether a process holds the lock of the study. */
async function isWritten(folder: string): Promise<boolean> {
  const holder = await lockHolder(lockFile(folder)).catch(() => undefined);
  return holder !== undefined && (holder === 'unknown' || !isGone(holder));
}

type Started = Extract<StudyEvent, { readonly type: 'study-started' }>;
type Finished = Extract<StudyEvent, { readonly type: 'study-finished' }>;

/** The first and the last event of a study that has ended; undefined where it has not, or where that cannot be seen so easily. */
async function bothEnds(
  handle: Awaited<ReturnType<typeof open>>,
  size: number,
): Promise<readonly [Started, Finished] | undefined> {
  const length = Math.min(size, END);
  const [head, tail] = [Buffer.alloc(length), Buffer.alloc(length)];
  await handle.read(head, 0, length, 0);
  await handle.read(tail, 0, length, size - length);
  const [, first] = head.toString('latin1').split('\n', 2);
  const last = tail.lastIndexOf(10, -2) + 1;
  const started = first === undefined ? undefined : eventOf(Buffer.from(first, 'latin1'));
  const finished = eventOf(tail.subarray(last, tail.at(-1) === 10 ? -1 : undefined));
  if (started?.type !== 'study-started' || finished?.type !== 'study-finished') return undefined;
  // Of one that did not run all its trials only the whole says how many there were to be.
  return finished.reason === 'trials' || finished.reason === 'exhausted' ? [started, finished] : undefined;
}

function eventOf(sealed: Buffer): StudyEvent | undefined {
  const text = openedLine(sealed);
  return text === undefined ? undefined : (lineValue(text) as StudyEvent);
}

/** What such a study came to. */
function ended(
  { study, time: startedAt }: Started,
  { time, reason, best, counts, samples, seq }: Finished,
): StudyState {
  const all = { ...noCounts, ...counts };
  const trials = Object.values(all).reduce((sum, count) => sum + count, 0);
  // How many there were to be may have been changed meanwhile; it ran them all.
  return {
    ...emptyStudy,
    study: { ...study, trials },
    best,
    counts: all,
    samples,
    startedAt,
    finishedAt: time,
    finishReason: reason,
    lastSeq: seq,
  };
}
