import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { journalCursor } from '../../src/journal/journal-cursor.js';
import { sealedLine } from '../../src/journal/sealed-line.js';
import { nodeLog } from '../../src/live/node-log.js';
import { type StoredEventsOptions, storedEvents } from '../../src/live/stored-source.js';
import { type StudyModel, studyModel } from '../../src/live/study-model.js';
import type { StudyParts, StudyPiece } from '../../src/live/study-piece.js';
import type { StudyEvent } from '../../src/tune/events.js';

const header = { format: 'rxnn-journal', version: 1, study: { name: 'x', identity: 'x' }, createdAt: 0, rxnn: '0' };
let files = 0;

/** Events as a journal has them. */
export const linesOf = (events: readonly StudyEvent[]) => events.map(sealedLine).join('');

/** A journal in a folder, and what else is to be in the file. */
export function writtenJournal(folder: string, events: readonly StudyEvent[], end = ''): string {
  const file = join(folder, `${files++}.jsonl`);
  writeFileSync(file, sealedLine(header) + linesOf(events) + end);
  return file;
}

/** What the events tell, one by one, as all others have them. */
export async function oneByOne(file: string): Promise<StudyModel> {
  const model = studyModel(nodeLog);
  await journalCursor(file).read({ event: event => model.append(event), restart() {} });
  return model;
}

/** A journal that is read as a server does it. */
export interface Reading {
  readonly model: StudyModel;
  /** Pieces that were read from the journal. */
  readonly pieces: () => number;
  /** Whether it was in a cache. */
  readonly restored: () => boolean;
  readonly until: (condition: (last: string, problem: string) => boolean) => Promise<void>;
  readonly problem: () => string;
  readonly close: () => void;
}

/** As a server reads it, in pieces even if the file is small. */
export function inPieces(file: string, options: StoredEventsOptions = {}): Reading {
  const model = studyModel(nodeLog);
  let [pieces, last, problem] = [0, '', ''];
  let restored = false;
  const waiting = new Set<() => void>();
  const into = {
    ...model,
    appendPiece(piece: StudyPiece) {
      pieces++;
      model.appendPiece(piece);
    },
    restore(parts: StudyParts) {
      model.restore(parts);
      restored = true;
    },
  };
  const subscription = storedEvents(file, {
    look: 5,
    into,
    many: 0,
    worth: Number.POSITIVE_INFINITY,
    ...options,
  }).subscribe(event => {
    last = event.type;
    if (event.type === 'unreadable') problem = event.problem;
    else if (event.type === 'restart') model.restart();
    else if ('seq' in event) model.append(event);
    for (const look of waiting) look();
  });
  const until = (condition: (last: string, problem: string) => boolean) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (!condition(last, problem)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    model,
    pieces: () => pieces,
    restored: () => restored,
    until,
    problem: () => problem,
    close: () => subscription.unsubscribe(),
  };
}

/** All that there is at first. */
export async function whole(file: string, options: StoredEventsOptions = {}): Promise<Reading> {
  const reading = inPieces(file, options);
  await reading.until((last, problem) => last === 'read' || problem !== '');
  return reading;
}
