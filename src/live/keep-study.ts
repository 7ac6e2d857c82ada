import { stat } from 'node:fs/promises';
import { journalCursor } from '../journal/journal-cursor.js';
import { openJournalToRead } from '../journal/read-back.js';
import { cachedStudy, cacheStudy } from './cached-study.js';
import { nodeLog } from './node-log.js';
import { pieceWithHeavy } from './study-cache.js';
import { studyModel } from './study-model.js';

/** Bytes of a journal that take more time than somebody waits for the end of a command. */
const TOO_MUCH = 512 << 20;

/**
 * Makes the cache of a study that has ended, so that it opens at once already the first time. Takes 3 µs a report, so a large study's
 * command ends a second or two later; nothing is made of one that is so large that it would be noticed.
 *
 * @returns whether there is a cache of it all now
 */
export async function keepStudy(file: string, signal: AbortSignal): Promise<boolean> {
  const about = await stat(file).catch(() => undefined);
  if (about === undefined || about.size > TOO_MUCH) return false;
  const journal = openJournalToRead(file);
  try {
    const model = studyModel(nodeLog);
    const known = await cachedStudy(file, journal, signal);
    if (known !== undefined) model.restore(known.parts);
    const cursor = journalCursor(file, { at: known?.position });
    await cursor.read(
      {
        event: event => model.append(event),
        piece: piece => model.appendPiece(pieceWithHeavy(piece, () => journal)),
        restart() {
          throw new Error('somebody else writes it');
        },
      },
      signal,
    );
    const [parts, position] = [model.parts(), cursor.position()];
    if (signal.aborted || parts === undefined || position === undefined) return false;
    if (position.bytes === known?.position.bytes) return true;
    return await cacheStudy(file, parts, position, signal);
  } catch {
    // Whoever opens it is told what is wrong.
    return false;
  } finally {
    journal.close();
  }
}
