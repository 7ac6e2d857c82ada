import { chmod, lstat, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemReason } from './system-reason.js';

const NO_DRAFT = ['EACCES', 'EPERM', 'EROFS'];

let writes = 0;

/**
 * Writes a file that appears whole or not at all: what `path`, or what it links to, was before, is replaced at once and its permissions
 * stay. What is there and no regular file, such as a device or a pipe, is written to.
 *
 * @throws Error with the path and the reason, and the system's error as its cause.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there !== undefined && !there.isFile()) return await writeFile(path, content);
    await replace(await fileBehind(path), content, there?.mode);
  } catch (error) {
    throw new Error(`${path} could not be written: ${systemReason(error)}`, { cause: error });
  }
}

async function replace(file: string, content: string | Uint8Array, mode: number | undefined): Promise<void> {
  const draft = `${file}.${process.pid}-${writes++}.tmp`;
  try {
    // Nobody whom the file is closed to may read the draft either.
    await writeFile(draft, content, { mode: mode === undefined ? 0o666 : mode & 0o700 });
    if (mode !== undefined) await chmod(draft, mode & 0o7777);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    // In a folder that takes no new file, what is there may be writable all the same.
    if (mode !== undefined && NO_DRAFT.includes((error as NodeJS.ErrnoException).code ?? ''))
      await writeFile(file, content);
    else throw error;
  }
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** The file that `path` leads to by links; it need not be there, as for `realpath`. */
export async function fileBehind(path: string): Promise<string> {
  let file = path;
  for (let links = 0; (await lstat(file).catch(() => undefined))?.isSymbolicLink(); links++) {
    if (links === MOST_LINKS) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
    file = resolve(dirname(file), await readlink(file));
  }
  return file;
}
