import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { DamagedLine } from './damaged-line.js';
import { checkHeader, type JournalHeader, startsAJournal } from './header.js';
import { lineValue, openedLine } from './sealed-line.js';

/** A place in a journal that others may be writing, from which it is read on. */
export interface JournalCursor {
  /** What its first line says, once that was read. */
  readonly header: JournalHeader | undefined;
  /**
   * Hands on the events that were not there the last time, piece by piece, so that other work goes on meanwhile. A last line that is not
   * whole waits. If the file is not the one that was read, or shorter, it is read from its beginning, after `restart`, which is
   * not called if nothing of it was handed on.
   *
   * @throws InputError when there is no file, when it is no journal or of a later version, and for a damaged line.
   */
  read(event: (event: StudyEvent) => void, restart: () => void, signal?: AbortSignal): Promise<void>;
}

/** About 3 ms of reading. */
const CHUNK = 64 * 1024;
const NEWLINE = 10;
/** How much of the beginning must be as it was for a file to be the same. */
const START = 256;

/** A place at the beginning of a journal's file. */
export function journalCursor(file: string): JournalCursor {
  let header: JournalHeader | undefined;
  let start: Buffer = Buffer.alloc(0);
  let inode = 0;
  /** The bytes of the lines that were read, and how many lines. */
  let offset = 0;
  let lines = 0;
  /** The last line was whole but for its end, which may come. */
  let unended = false;

  const reset = (restart: () => void) => {
    const toldSome = lines > 1;
    header = undefined;
    start = Buffer.alloc(0);
    offset = lines = 0;
    unended = false;
    if (toldSome) restart();
  };
  const take = (sealed: Buffer, event: (event: StudyEvent) => void) => {
    const place = { number: lines + 1, offset };
    const text = openedLine(sealed);
    if (text === undefined) {
      if (lines === 0) requireJournal(sealed, file);
      throw new DamagedLine(file, place, 'its check does not match what it says');
    }
    const value = lineValue(text);
    if (lines === 0) header = checkHeader(value, file);
    else {
      const { seq } = value as StudyEvent;
      const reason = `expected event ${lines - 1}, got event ${seq}, so lines are missing or repeated`;
      if (seq !== lines - 1) throw new DamagedLine(file, place, reason);
    }
    lines++;
    if (lines > 1) event(value as StudyEvent);
  };

  const readOn = async (handle: FileHandle, event: (event: StudyEvent) => void, signal?: AbortSignal) => {
    const over = () => signal?.aborted === true;
    let rest: Buffer = Buffer.alloc(0);
    let at = offset;
    while (!over()) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, at);
      if (over()) return;
      if (bytesRead === 0) break;
      at += bytesRead;
      const read = chunk.subarray(0, bytesRead);
      const piece = rest.length === 0 ? read : Buffer.concat([rest, read]);
      let begin = 0;
      if (unended && piece[0] === NEWLINE) {
        unended = false;
        begin = 1;
        offset++;
      }
      for (let end = piece.indexOf(NEWLINE, begin); end >= 0; end = piece.indexOf(NEWLINE, begin)) {
        take(piece.subarray(begin, end), event);
        offset += end + 1 - begin;
        begin = end + 1;
      }
      rest = piece.subarray(begin);
    }
    // After a power failure a file may have its length but not its last bytes.
    let whole = rest.length;
    while (whole > 0 && rest[whole - 1] === 0) whole--;
    if (openedLine(rest.subarray(0, whole)) !== undefined) {
      take(rest.subarray(0, whole), event);
      offset += whole;
      unended = true;
    } else if (lines === 0) requireJournal(rest, file);
  };

  return {
    get header() {
      return header;
    },
    async read(event, restart, signal) {
      const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
        throw new InputError(`cannot be read (${error.message})`, { file });
      });
      try {
        const { ino, size } = await handle.stat();
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(START), 0, START, 0);
        const begins = buffer.subarray(0, bytesRead);
        const other = ino !== inode || size < offset || !begins.subarray(0, start.length).equals(start);
        if (other) reset(restart);
        inode = ino;
        start = begins;
        try {
          await readOn(handle, event, signal);
        } catch (error) {
          // What was read before may not be what is there now.
          if (other || !(error instanceof DamagedLine)) throw error;
          reset(restart);
          start = begins;
          await readOn(handle, event, signal);
        }
      } finally {
        await handle.close();
      }
    },
  };
}

function requireJournal(start: Uint8Array, file: string): void {
  if (!startsAJournal(Buffer.from(start.subarray(0, 64)).toString('latin1')))
    throw new InputError('is no journal of a study', { file });
}
