import { basename } from 'node:path';
import { InputError } from '../errors.js';
import { journalCursor } from '../journal/journal-cursor.js';
import type { JournalPiece, LinesPlace } from '../journal/journal-piece.js';
import type { Direction, Objective, PlainReport, StudyEvent } from '../tune/events.js';

/** What a journal has, line by line, as far as it decides what of it a report has. */
export interface ReportOutline {
  readonly file: string;
  readonly parts: readonly OutlinePart[];
  /** The better side of the objective. */
  readonly direction: Direction;
  /** What people should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
}

/** Events that follow each other, with a number of each. */
export interface OutlinePart {
  readonly count: number;
  readonly place: LinesPlace;
  /** Where each line ends, its end included, from the first byte of them all. */
  readonly ends: Uint32Array;
  /** Of a report; −1 for all else. */
  readonly trial: Float64Array;
  readonly epoch: Float64Array;
  /** Of the objective, if it is a finite number; else NaN. */
  readonly value: Float64Array;
  /** 1: the report has findings. */
  readonly found: Uint8Array;
  /** Where norms and predictions are in the line; the same twice for none. */
  readonly normsFrom: Uint32Array;
  readonly normsTo: Uint32Array;
  /** 1: they cannot be cut out of the line. */
  readonly knotted: Uint8Array;
}

/**
 * Looks through a journal, in a fraction of the time that reading its events takes.
 *
 * @throws InputError when it is none, has no event yet, or has a damaged line
 */
export async function reportOutline(file: string): Promise<ReportOutline> {
  const parts: OutlinePart[] = [];
  let objective: Objective | undefined;
  const cursor = journalCursor(file, { many: 0 });
  await cursor.read({
    event(event, place) {
      if (event.type === 'study-started') objective = event.study.objective;
      const part = emptyPart(1, place, Uint32Array.of(place.bytes));
      note(part, 0, event, objective?.metric);
      parts.push(part);
    },
    piece(piece) {
      parts.push(partOf(piece, objective?.metric));
    },
    restart() {
      parts.length = 0;
    },
  });
  const { lines, torn } = cursor.end();
  if (lines === 0) throw new InputError('holds nothing yet: its first line is not whole', { file });
  if (objective === undefined) throw new InputError('holds no beginning of a study', { file });
  return {
    file,
    parts,
    direction: (objective as Objective).direction,
    notes: torn ? [`the last line of ${basename(file)} was not whole and is left out`] : [],
  };
}

function emptyPart(count: number, place: LinesPlace, ends: Uint32Array): OutlinePart {
  return {
    count,
    place,
    ends,
    trial: new Float64Array(count).fill(-1),
    epoch: new Float64Array(count),
    value: new Float64Array(count).fill(Number.NaN),
    found: new Uint8Array(count),
    normsFrom: new Uint32Array(count),
    normsTo: new Uint32Array(count),
    knotted: new Uint8Array(count),
  };
}

function partOf(
  { from, to, rows, others, place, ends, norms }: JournalPiece,
  objective: string | undefined,
): OutlinePart {
  const part = emptyPart(to - from + 1, place, ends.slice(0, to - from + 1));
  const values = objective === undefined ? undefined : rows.metrics[rows.names.indexOf(objective)];
  for (let row = 0; row < rows.length; row++) {
    const i = (rows.seq[row] as number) - from;
    part.trial[i] = rows.trial[row] as number;
    part.epoch[i] = rows.epoch[row] as number;
    const value = values?.[row] ?? Number.NaN;
    part.value[i] = Number.isFinite(value) ? value : Number.NaN;
    const [begin, end] = [norms.from[row] as number, norms.to[row] as number];
    if (end < begin) part.knotted[i] = 1;
    else [part.normsFrom[i], part.normsTo[i]] = [begin, end];
  }
  for (const { event } of others) note(part, event.seq - from, event, objective);
  return part;
}

/** Notes what decides about an event that is no row. */
function note(part: OutlinePart, i: number, event: StudyEvent, objective: string | undefined): void {
  part.knotted[i] = 1;
  if (event.type !== 'trial-reported') return;
  const { trial, report } = event;
  part.trial[i] = trial;
  part.epoch[i] = report.epoch;
  const value: unknown = objective === undefined ? undefined : report.metrics[objective];
  if (typeof value === 'number' && Number.isFinite(value)) part.value[i] = value;
  part.found[i] = report.health?.length ? 1 : 0;
  const { norms, predictions } = report;
  if (norms === undefined && predictions === undefined) return;
  part.normsTo[i] = JSON.stringify(report).length - JSON.stringify(lightReport(report)).length;
}

/** A report without norms and predictions. */
export function lightReport({ norms: _, predictions: __, ...report }: PlainReport): PlainReport {
  return report;
}
