import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { DamagedLine } from './damaged-line.js';
import { checkHeader, startsAJournal } from './header.js';
import { type JournalPiece, type LinesPlace, pieceBuilder } from './journal-piece.js';
import type { JournalPosition } from './journal-position.js';
import { bodyText, lineValue, sealedEnd } from './sealed-line.js';

/** A place in a journal that others may be writing, from which it is read on. */
export interface JournalCursor {
  /** How far it was read; undefined where nothing was, or the last line has no end yet. */
  position(): JournalPosition | undefined;
  /** How many lines were read, and whether something that is no whole line followed them the last time. */
  end(): { readonly lines: number; readonly torn: boolean };
  /**
   * Hands on the events that were not there the last time, bit by bit, so that other work goes on meanwhile. A last line that is not
   * whole waits. If the file is not the one that was read, or shorter, it is read from its beginning, after `restart`, which is
   * not called if nothing of it was handed on.
   *
   * @throws InputError when there is no file, when it is no journal or of a later version, and for a damaged line.
   */
  read(to: JournalReceiver, signal?: AbortSignal): Promise<void>;
}

/** Who is told what a journal has, in its order. */
export interface JournalReceiver {
  event(event: StudyEvent, place: LinesPlace): void;
  /** Many events at once: where there is much to read, which takes a fifth of the time so. Without it, each is an `event`. */
  readonly piece?: ((piece: JournalPiece) => void) | undefined;
  /** What was told does not hold any more. */
  restart(): void;
  /** How much of the file was read, from 0 to 1, from time to time, where there is much to read. */
  readonly progress?: ((share: number) => void) | undefined;
}

/** How a journal is read. */
export interface CursorOptions {
  /** Bytes from which on pieces are handed on; 128 KiB. */
  readonly many?: number | undefined;
  /** Where reading begins in a file that is known to begin as it did when it was read up to there; at its beginning. */
  readonly at?: JournalPosition | undefined;
}

/** About 2 ms of reading. */
const CHUNK = 256 * 1024;
const NEWLINE = 10;
/** How much of the beginning must be as it was for a file to be the same. */
const START = 256;

/** A place at the beginning of a journal's file. */
export function journalCursor(file: string, { many = 128 * 1024, at: known }: CursorOptions = {}): JournalCursor {
  let start: Buffer = Buffer.alloc(0);
  let inode: number | undefined;
  /** The bytes of the lines that were read, their CRC-32, and how many lines. */
  let offset = known?.bytes ?? 0;
  let check = known?.check ?? 0;
  let lines = known?.lines ?? 0;
  /** The last line was whole but for its end, which may come. */
  let unended = false;
  let torn = false;
  const gathered = pieceBuilder();

  const reset = (restart: () => void) => {
    const toldSome = lines > 1;
    start = Buffer.alloc(0);
    offset = check = lines = 0;
    unended = false;
    if (toldSome) restart();
  };
  /** Takes a line in, and tells of it, or gathers it for a piece. */
  const take = (bytes: Buffer, begin: number, end: number, newline: 0 | 1, to: JournalReceiver, gather: boolean) => {
    const damaged = (reason: string) => new DamagedLine(file, { number: lines + 1, offset }, reason);
    const body = sealedEnd(bytes, begin, end);
    if (body < 0) {
      if (lines === 0) requireJournal(bytes.subarray(begin, end), file);
      throw damaged('its check does not match what it says');
    }
    if (lines === 0) checkHeader(lineValue(bodyText(bytes, begin, body)), file);
    else {
      const seq = lines - 1;
      const place = { offset, bytes: end - begin + newline };
      const event = gather
        ? gathered.add(bytes, begin, body, seq, place)
        : (lineValue(bodyText(bytes, begin, body)) as StudyEvent);
      if (event !== undefined && event.seq !== seq) {
        throw damaged(`expected event ${seq}, got event ${event.seq}, so lines are missing or repeated`);
      }
      if (event !== undefined || gathered.full()) hand(to);
      if (event !== undefined) to.event(event, place);
    }
    lines++;
    offset += end - begin;
  };
  const hand = (to: JournalReceiver) => {
    const piece = gathered.take();
    if (piece !== undefined) to.piece?.(piece);
  };

  const readOn = async (handle: FileHandle, size: number, to: JournalReceiver, signal?: AbortSignal) => {
    const much = size - offset >= many;
    const gather = much && to.piece !== undefined;
    const over = () => signal?.aborted === true;
    let buffer = Buffer.allocUnsafe(2 * CHUNK);
    /** The bytes of a line that is not whole yet, at the buffer's beginning. */
    let rest = 0;
    let at = offset;
    try {
      while (!over()) {
        if (buffer.length < rest + CHUNK) buffer = Buffer.concat([buffer.subarray(0, rest)], 2 * buffer.length);
        const { bytesRead } = await handle.read(buffer, rest, CHUNK, at);
        if (over()) return;
        if (bytesRead === 0) break;
        at += bytesRead;
        const length = rest + bytesRead;
        let begin = 0;
        if (unended && buffer[0] === NEWLINE) {
          unended = false;
          begin = 1;
          offset++;
        }
        const read = buffer.subarray(0, length);
        // A long line is looked through once, not again with each piece.
        for (let from = Math.max(rest, begin); ; from = begin) {
          const end = read.indexOf(NEWLINE, from);
          if (end < 0) break;
          take(read, begin, end, 1, to, gather);
          offset++;
          begin = end + 1;
        }
        check = crc32(read.subarray(0, begin), check);
        read.copy(buffer, 0, begin);
        rest = length - begin;
        if (much) to.progress?.(at / Math.max(at, size));
      }
      // After a power failure a file may have its length but not its last bytes.
      let whole = rest;
      while (whole > 0 && buffer[whole - 1] === 0) whole--;
      if (sealedEnd(buffer, 0, whole) >= 0) {
        take(buffer, 0, whole, 0, to, gather);
        check = crc32(buffer.subarray(0, whole), check);
        unended = true;
        rest -= whole;
      } else if (lines === 0) requireJournal(buffer.subarray(0, rest), file);
    } finally {
      torn = rest > 0;
      hand(to);
    }
  };

  return {
    position: () => (lines === 0 || unended ? undefined : { bytes: offset, lines, check }),
    end: () => ({ lines, torn }),
    async read(to, signal) {
      const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
        throw new InputError(`cannot be read (${error.message})`, { file });
      });
      try {
        const { ino, size } = await handle.stat();
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(START), 0, START, 0);
        const begins = buffer.subarray(0, bytesRead);
        const replaced = inode === undefined ? lines === 0 : ino !== inode;
        const other = replaced || size < offset || !begins.subarray(0, start.length).equals(start);
        if (other) reset(to.restart);
        inode = ino;
        start = begins;
        try {
          await readOn(handle, size, to, signal);
        } catch (error) {
          // What was read before may not be what is there now.
          if (other || !(error instanceof DamagedLine)) throw error;
          reset(to.restart);
          start = begins;
          await readOn(handle, size, to, signal);
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
