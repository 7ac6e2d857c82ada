import { basename } from 'node:path';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { foldEvent } from '../tune/fold-event.js';
import { emptyStudy, type StudyState } from '../tune/study-state.js';
import { DamagedLine } from './damaged-line.js';
import { checkHeader, type JournalHeader, startsAJournal } from './header.js';
import { type LinePlace, type LinesEnd, readLines } from './read-lines.js';
import { lineValue } from './sealed-line.js';
import { locateStudy } from './study-folder.js';

/** A study as its journal has it. */
export interface StoredStudy {
  readonly folder: string;
  /** The journal. */
  readonly file: string;
  readonly header: JournalHeader;
  /** From sequence number 0, without gaps. */
  readonly events: readonly StudyEvent[];
  /** What the events tell. */
  readonly state: StudyState;
  /** What people should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
}

/** What a journal's file holds. */
export interface JournalContent extends LinesEnd {
  readonly header: JournalHeader;
  readonly events: readonly StudyEvent[];
  readonly notes: readonly string[];
}

/**
 * Reads a stored study, of a running one too: neither a lock nor a writer is in the way. A last line that was torn off is
 * left out, which a note says.
 *
 * @param path the study's folder, or its journal
 * @throws InputError when there is no study, when the file is no journal or of a later version, and for a damaged line.
 */
export async function readJournal(path: string): Promise<StoredStudy> {
  const { folder, file } = await locateStudy(path);
  const content = await readContent(file);
  if (content === undefined) throw new InputError('holds nothing yet: its first line is not whole', { file });
  const { header, events, notes } = content;
  return { folder, file, header, events, notes, state: events.reduce(foldEvent, emptyStudy) };
}

/** What a journal's file holds; undefined if not even its first line is whole, as when its writer died at once. */
export async function readContent(file: string): Promise<JournalContent | undefined> {
  const events: StudyEvent[] = [];
  let header: JournalHeader | undefined;
  const receive = (text: string, place: LinePlace) => {
    const value = lineValue(text);
    if (header === undefined) {
      header = checkHeader(value, file);
      return;
    }
    const { seq } = value as StudyEvent;
    if (seq !== events.length) {
      const reason = `expected event ${events.length}, got event ${seq}, so lines are missing or repeated`;
      throw new DamagedLine(file, place, reason);
    }
    events.push(value as StudyEvent);
  };
  const end = await readLines(file, receive, (place, bytes) => {
    if (place.number === 1) requireJournal(bytes, file);
    throw new DamagedLine(file, place, 'its check does not match what it says');
  });
  if (header === undefined) {
    requireJournal(end.torn, file);
    return undefined;
  }
  const notes = end.torn.length === 0 ? [] : [`the last line of ${basename(file)} was not whole and is left out`];
  return { header, events, notes, ...end };
}

function requireJournal(start: Uint8Array, file: string): void {
  if (!startsAJournal(Buffer.from(start.subarray(0, 64)).toString('latin1')))
    throw new InputError('is no journal of a study', { file });
}
