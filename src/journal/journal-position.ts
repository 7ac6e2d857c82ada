import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** How far a journal was read, and what was there. */
export interface JournalPosition {
  /** The bytes of whole lines, their ends included. */
  readonly bytes: number;
  readonly lines: number;
  /** The CRC-32 of these bytes. */
  readonly check: number;
}

const CHUNK = 1 << 20;

/** Whether a file begins with the bytes that were read up to a position; of a gigabyte that takes less than a second. */
export async function beginsAsRead(file: string, position: JournalPosition, signal?: AbortSignal): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let check = 0;
    for (let at = 0; at < position.bytes; ) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(CHUNK, position.bytes - at), at);
      if (bytesRead === 0 || signal?.aborted === true) return false;
      check = crc32(chunk.subarray(0, bytesRead), check);
      at += bytesRead;
    }
    return check === position.check;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
