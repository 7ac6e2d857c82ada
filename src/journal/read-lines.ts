import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { openedLine } from './sealed-line.js';

/** How the end of a file of sealed lines was found. */
export interface LinesEnd {
  /** The bytes of all whole lines. */
  readonly bytes: number;
  /** What follows them, the beginning of a line, or zeros: what a process or machine leaves that died while it wrote. */
  readonly torn: Uint8Array;
  /** Whether the last whole line has its end; not when only that was cut off. */
  readonly terminated: boolean;
}

/** Where a line stands. */
export interface LinePlace {
  /** From 1. */
  readonly number: number;
  /** The bytes before it. */
  readonly offset: number;
}

const CHUNK = 1 << 20;
const NEWLINE = 10;

/**
 * Reads a file of sealed lines piece by piece, so that other work goes on meanwhile, and hands on the text of each. A last line that
 * is not whole is left out.
 *
 * @param damaged is told of a line that is not what was written, and throws
 * @throws InputError when the file cannot be read.
 */
export async function readLines(
  file: string,
  line: (text: string, place: LinePlace) => void,
  damaged: (place: LinePlace, bytes: Uint8Array) => never,
): Promise<LinesEnd> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${error.message})`, { file });
  });
  try {
    return await eachLine(handle, line, damaged);
  } finally {
    await handle.close();
  }
}

async function eachLine(
  handle: FileHandle,
  line: (text: string, place: LinePlace) => void,
  damaged: (place: LinePlace, bytes: Uint8Array) => never,
): Promise<LinesEnd> {
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let number = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, null);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    // A long line is looked through once, not again with each piece.
    if (!read.includes(NEWLINE)) {
      rest = Buffer.concat([rest, read]);
      continue;
    }
    const piece = rest.length === 0 ? read : Buffer.concat([rest, read]);
    let start = 0;
    for (let end = piece.indexOf(NEWLINE, rest.length); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const sealed = piece.subarray(start, end);
      const place = { number: ++number, offset: bytes + start };
      line(openedLine(sealed) ?? damaged(place, sealed), place);
      start = end + 1;
    }
    bytes += start;
    rest = piece.subarray(start);
  }
  let whole = rest.length;
  // After a power failure a file may have its length but not its last bytes.
  while (whole > 0 && rest[whole - 1] === 0) whole--;
  const text = openedLine(rest.subarray(0, whole));
  if (text === undefined) return { bytes, torn: rest, terminated: true };
  line(text, { number: number + 1, offset: bytes });
  return { bytes: bytes + whole, torn: rest.subarray(whole), terminated: false };
}
