const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user may not store more on the disk',
  EFBIG: 'the file would be larger than it may be',
  EROFS: 'the disk may only be read',
  ELOOP: 'its links lead in a circle',
};

/** Why a file could not be read or written, in words; the system's own message where there are none. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}
