import { type FileHandle, open } from 'node:fs/promises';

/** A file that only grows: the seam between the journal and the file system. */
export interface JournalFile {
  /** Adds text to the end; a rejection may leave part of it there. */
  append(text: string): Promise<void>;
  /** Resolves when everything that was added is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file of the file system; it must be there. */
export async function openJournalFile(path: string): Promise<JournalFile> {
  const handle: FileHandle = await open(path, 'a');
  return {
    append: text => handle.appendFile(text),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}
