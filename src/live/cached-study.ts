import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { beginsAsRead, type JournalPosition } from '../journal/journal-position.js';
import type { OpenJournal } from '../journal/read-back.js';
import type { StudyState } from '../tune/study-state.js';
import { readCache, readCacheFoot, writeCache } from './cache-file.js';
import { decodeParts, encodeParts, isStudyFoot } from './study-cache.js';
import type { StudyParts } from './study-piece.js';

/** A study from its cache: as its journal told it up to a position. */
export interface CachedStudy {
  readonly parts: StudyParts;
  readonly position: JournalPosition;
  /** Whether the journal was looked through to be the same up to there; if not, only its size, time and place were. */
  readonly sure: boolean;
}

/** What a cache says of the journal that it was made of. */
interface JournalFoot extends JournalPosition {
  readonly inode: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** The cache of a journal. It may be removed at any time, and is made again. */
export const cacheFile = (journal: string): string => `${journal.replace(/\.jsonl$/, '')}.cache`;

/**
 * The study of a journal as it was when somebody last read all of it; undefined where that is not known, or the journal does not begin
 * as it did. Whoever damages a cache, or makes another version of it, only makes reading slower.
 */
export async function cachedStudy(
  file: string,
  journal: OpenJournal,
  signal: AbortSignal,
): Promise<CachedStudy | undefined> {
  const content = await readCache(cacheFile(file), signal);
  const about = await stat(file).catch(() => undefined);
  if (content === undefined || about === undefined || !isStudyFoot(content.foot)) return undefined;
  const position = content.foot.journal as JournalFoot;
  try {
    const sure = !isUnchanged(position, about);
    if (sure && (about.size < position.bytes || !(await beginsAsRead(file, position, signal)))) return undefined;
    const parts = decodeParts(content, journal);
    return parts.state.lastSeq === position.lines - 2 ? { parts, position, sure } : undefined;
  } catch {
    return undefined;
  }
}

/** How the study of a journal stood when it was last read, if the journal is still the same by its size, time and place. */
export async function cachedState(
  file: string,
): Promise<{ readonly state: StudyState; readonly changedAt: number | undefined } | undefined> {
  const foot = await readCacheFoot(cacheFile(file));
  const about = await stat(file).catch(() => undefined);
  if (foot === undefined || about === undefined || !isStudyFoot(foot)) return undefined;
  if (!isUnchanged(foot.journal as JournalFoot, about)) return undefined;
  return { state: { ...foot.state, trials: new Map() }, changedAt: foot.changedAt };
}

/** Keeps a study for the next time; silently not where that cannot be. */
export async function cacheStudy(
  file: string,
  parts: StudyParts,
  position: JournalPosition,
  signal: AbortSignal,
): Promise<boolean> {
  const about = await stat(file).catch(() => undefined);
  if (about === undefined || parts.state.lastSeq !== position.lines - 2) return false;
  const journal: JournalFoot = { ...position, inode: about.ino, changed: about.mtimeMs };
  const { foot, sections } = encodeParts(parts);
  return writeCache(cacheFile(file), about.mode & 0o666, { ...foot, journal }, sections, signal);
}

function isUnchanged({ bytes, inode, changed }: JournalFoot, { size, ino, mtimeMs }: Stats): boolean {
  return size === bytes && ino === inode && mtimeMs === changed;
}
