import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'permission denied',
};

/**
 * The text of a UTF-8 file, unpacked when it starts like a gzip file, without a byte order mark.
 *
 * @throws InputError when the file is not there, cannot be read or unpacked, or is not UTF-8.
 */
export async function readText(path: string): Promise<string> {
  const packed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(reasons[error.code ?? ''] ?? `cannot be read (${error.message})`, { file: path });
  });
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const bytes = isGzip ? await unpack(packed, path) : packed;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('expected UTF-8 text, got other bytes', { file: path });
  }
}

async function unpack(packed: Buffer, path: string): Promise<Buffer> {
  const { gunzip } = await import('node:zlib');
  try {
    return await new Promise((resolve, reject) => {
      gunzip(packed, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
    });
  } catch (error) {
    throw new InputError(`cannot be unpacked (${(error as Error).message})`, { file: path });
  }
}
