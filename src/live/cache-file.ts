import { open, rename, rm, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { lineValue, openedLine, sealedLine } from '../journal/sealed-line.js';

/** What a cache's file holds: bytes in sections, and what the foot says of them. */
export interface CacheContent {
  readonly foot: Readonly<Record<string, unknown>>;
  readonly sections: readonly Uint8Array<ArrayBuffer>[];
}

interface Foot {
  readonly format: typeof FORMAT;
  readonly foot: Readonly<Record<string, unknown>>;
  /** The bytes of each section, one after the other, each from a multiple of 8 on. */
  readonly lengths: readonly number[];
  /** The CRC-32 of all bytes before the foot. */
  readonly check: number;
}

const FORMAT = 'rxnn-cache';
const NEWLINE = 10;
/** A foot is not longer: it has no more than what a study was told to begin with. */
const FOOT = 4 << 20;
const CHUNK = 4 << 20;
/** Milliseconds after which the draft of another process is a relic. */
const RELIC = 10 * 60_000;

const aligned = (bytes: number) => (bytes + 7) & ~7;

/**
 * Writes a cache: sections of numbers and text, a foot of one sealed line. It appears as a whole or not at all, and what a power
 * failure leaves of it is found out when it is read. False where somebody else writes it at the moment, or it cannot be written.
 *
 * @param mode who may read it: those who may read what is cached
 * @param now milliseconds since 1970
 * @param sections made piece by piece, so that other work goes on meanwhile
 */
export async function writeCache(
  path: string,
  mode: number,
  foot: object,
  sections: readonly Iterable<Uint8Array>[],
  signal: AbortSignal,
  now = Date.now(),
): Promise<boolean> {
  const draft = `${path}.new`;
  const since = await stat(draft).catch(() => undefined);
  if (since !== undefined && now - since.mtimeMs > RELIC) await rm(draft, { force: true }).catch(() => {});
  const handle = await open(draft, 'wx', mode).catch(() => undefined);
  if (handle === undefined) return false;
  let whole = false;
  try {
    let check = 0;
    const lengths: number[] = [];
    const write = async (bytes: Uint8Array) => {
      if (signal.aborted) throw new Error('nobody wants it any more');
      check = crc32(bytes, check);
      await handle.writeFile(bytes);
    };
    for (const section of sections) {
      let length = 0;
      for (const bytes of inChunks(section)) {
        length += bytes.length;
        await write(bytes);
      }
      lengths.push(length);
      await write(new Uint8Array(aligned(length) - length));
    }
    const last: Foot = { format: FORMAT, foot: foot as Foot['foot'], lengths, check };
    await handle.writeFile(`\n${sealedLine(last)}`);
    whole = true;
  } catch {
    // The disk may be full: then there is none.
  } finally {
    await handle.close().catch(() => {});
  }
  try {
    if (whole) await rename(draft, path);
  } catch {
    whole = false;
  }
  if (!whole) await rm(draft, { force: true }).catch(() => {});
  return whole;
}

/** The same bytes in pieces of a few megabytes. */
function* inChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let some: Uint8Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    some.push(piece);
    length += piece.length;
    if (length < CHUNK / 4) continue;
    yield some.length === 1 ? piece : Buffer.concat(some, length);
    some = [];
    length = 0;
  }
  yield Buffer.concat(some, length);
}

/** What a cache holds, each section in the same memory; undefined if there is none, or one that is not whole or of another kind. */
export async function readCache(path: string, signal?: AbortSignal): Promise<CacheContent | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const last = await footOf(handle, size);
    if (last === undefined) return undefined;
    const { foot, lengths, check } = last.value;
    const bytes = new Uint8Array(new ArrayBuffer(last.begin));
    let found = 0;
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK, bytes.length - at), at);
      if (bytesRead === 0 || signal?.aborted === true) return undefined;
      found = crc32(bytes.subarray(at, at + bytesRead), found);
      at += bytesRead;
    }
    if (found !== check) return undefined;
    let at = 0;
    const sections = lengths.map(length => {
      const section = bytes.subarray(at, at + length);
      at += aligned(length);
      return section;
    });
    return at === bytes.length ? { foot, sections } : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Only what the foot says, of which a check is made, but not of the rest. */
export async function readCacheFoot(path: string): Promise<CacheContent['foot'] | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    return (await footOf(handle, (await handle.stat()).size))?.value.foot;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function footOf(
  handle: Awaited<ReturnType<typeof open>>,
  size: number,
): Promise<{ readonly value: Foot; readonly begin: number } | undefined> {
  const length = Math.min(size, FOOT);
  const end = Buffer.alloc(length);
  await handle.read(end, 0, length, size - length);
  if (end.at(-1) !== NEWLINE) return undefined;
  const before = end.lastIndexOf(NEWLINE, -2);
  const text = before < 0 ? undefined : openedLine(end.subarray(before + 1, -1));
  if (text === undefined) return undefined;
  const value = lineValue(text) as Foot;
  return value.format === FORMAT ? { value, begin: size - length + before } : undefined;
}
