import { type Changes, decodeChanges } from '../../src/live/frames.js';
import type { StudyEvent } from '../../src/tune/events.js';
import type { Changed } from './page.js';
import { emptyFold, foldForPage, forkFold, type StudyFold } from './study-fold.js';

/** A study's history, at whose every moment the fold can be had. */
export interface History {
  /** Takes in the next piece, as it came. */
  add(frame: Uint8Array): void;
  /** How many events there are. */
  events(): number;
  /** When an event was, in milliseconds since 1970. */
  time(seq: number): number;
  /** The last event that was at a time or before; at least the first. */
  at(time: number): number;
  /** The fold after an event, and the trials that differ from the fold that was asked for before. Good until the next is asked for. */
  fold(seq: number): { readonly fold: StudyFold; readonly changed: Changed };
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly frame: Uint8Array;
}

/** Events between two folds that are kept: to go back means to go on from the last one before. */
const apart = 8192;

/** An empty history: the frames are kept as they came, and read again where they are needed. */
export function history(): History {
  const pieces: Piece[] = [];
  let times = new Float64Array(1024);
  let size = 0;
  let last = -1;
  /** The folds after some of the events, which nobody changes. */
  const kept: { readonly seq: number; readonly fold: StudyFold }[] = [];
  /** Of the newest piece, to keep folds of. */
  let newest = emptyFold;
  let shown: { seq: number; fold: StudyFold } | undefined;
  let read: Changes | undefined;

  const eventsFrom = (seq: number): readonly StudyEvent[] => {
    let [low, high] = [0, pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((pieces[middle] as Piece).from <= seq) low = middle;
      else high = middle - 1;
    }
    const piece = pieces[low] as Piece;
    if (read?.from !== piece.from || read.to !== piece.to) read = decodeChanges(piece.frame);
    return read.events;
  };

  return {
    add(frame) {
      const changes = decodeChanges(frame);
      if (changes.from !== last + 1) return;
      pieces.push({ from: changes.from, to: changes.to, frame });
      last = changes.to;
      for (const event of changes.events) {
        newest = foldForPage(newest, event);
        if (size === times.length) {
          const more = new Float64Array(2 * size);
          more.set(times);
          times = more;
        }
        // A clock may be set back; the past must not.
        times[size] = Math.max(event.time, times[size - 1] ?? 0);
        size++;
        if (size % apart === 0) kept.push({ seq: event.seq, fold: forkFold(newest) });
      }
    },
    events: () => size,
    time: seq => times[Math.max(0, Math.min(size - 1, seq))] ?? 0,
    at(time) {
      let [low, high] = [0, size - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((times[middle] as number) <= time) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    fold(wanted) {
      const seq = Math.max(0, Math.min(last, wanted));
      const changed = new Set<number>();
      let all = false;
      const before = kept.findLast(each => each.seq <= seq);
      const isAhead = shown !== undefined && shown.seq <= seq;
      if (shown === undefined || !isAhead || (before !== undefined && before.seq > shown.seq + apart)) {
        shown = before === undefined ? { seq: -1, fold: emptyFold } : { seq: before.seq, fold: forkFold(before.fold) };
        all = true;
      }
      let { fold } = shown;
      for (let next = shown.seq + 1; next <= seq; ) {
        const events = eventsFrom(next);
        const first = (events[0] as StudyEvent).seq;
        for (let i = next - first; i < events.length && next <= seq; i++, next++) {
          const event = events[i] as StudyEvent;
          fold = foldForPage(fold, event);
          if ('trial' in event) changed.add(event.trial);
          else if (event.type === 'study-started') all = true;
        }
      }
      shown = { seq, fold };
      return { fold, changed: all ? 'all' : changed };
    },
  };
}
