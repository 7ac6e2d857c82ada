import { closeSync, openSync, readSync } from 'node:fs';
import type { StudyEvent } from '../tune/events.js';
import type { LinesPlace } from './journal-piece.js';
import { lineValue, openedLine } from './sealed-line.js';

/** A journal that was read, for those who want more of a part of it later. */
export interface OpenJournal {
  /** The events of the lines at a place; without those that are not there any more, as when the file was cut. */
  eventsAt(place: LinesPlace): StudyEvent[];
  /** Nothing is read any more. */
  close(): void;
}

/**
 * Opens the file that a journal is in now: also when another takes its place, what is read is of this one. Where that cannot be, there are
 * no events.
 */
export function openJournalToRead(file: string): OpenJournal {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
  } catch {
    // It went between two looks.
  }
  return {
    eventsAt({ offset, bytes }) {
      if (handle === undefined) return [];
      let buffer: Buffer;
      try {
        buffer = Buffer.alloc(bytes);
        readSync(handle, buffer, 0, bytes, offset);
      } catch {
        return [];
      }
      const events: StudyEvent[] = [];
      for (let begin = 0; begin < bytes; ) {
        const newline = buffer.indexOf(10, begin);
        const end = newline < 0 ? bytes : newline;
        const text = openedLine(buffer.subarray(begin, end));
        if (text !== undefined) events.push(lineValue(text) as StudyEvent);
        begin = end + 1;
      }
      return events;
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}
