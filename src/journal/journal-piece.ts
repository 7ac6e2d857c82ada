import type { StudyEvent } from '../tune/events.js';
import type { ReportRows } from '../tune/report-rows.js';
import { rowReader } from './row-reader.js';
import { bodyText, lineValue } from './sealed-line.js';

/** Events that follow each other in a journal; good only while it is handed on, as its columns are used again. */
export interface JournalPiece {
  /** The sequence numbers of the first and the last event. */
  readonly from: number;
  readonly to: number;
  /** The reports of nothing but numbers, without what only the detail of a trial has. */
  readonly rows: ReportRows;
  /** All other events, in their order. */
  readonly others: readonly OtherEvent[];
  /** Some rows have more in the journal than here. */
  readonly heavy: boolean;
  /** Where the lines are in the journal's file. */
  readonly place: LinesPlace;
  /** Where each line ends, its end included, from the first byte of them all. */
  readonly ends: Uint32Array;
  /** Where norms and predictions of each row are in its line (`RowReader`). */
  readonly norms: { readonly from: Uint32Array; readonly to: Uint32Array };
}

/** An event that is no row. */
export interface OtherEvent {
  readonly event: StudyEvent;
  /** As `JSON.stringify` writes it; absent where that has other numbers than the journal, which has all. */
  readonly json?: string | undefined;
}

/** Where lines are in a file. */
export interface LinesPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** Gathers lines to pieces. */
export interface PieceBuilder {
  /**
   * Takes the object of a line in, whose bytes, its last brace excluded, are these.
   *
   * @param seq the sequence number that it must have
   * @param place where its line is, its end included
   * @returns the event of a line with another number, or that begins a study: it is not in the piece
   */
  add(bytes: Buffer, begin: number, end: number, seq: number, place: LinesPlace): StudyEvent | undefined;
  /** Whether the piece is to be taken before more is added. */
  full(): boolean;
  /** What was gathered; undefined if that is nothing. */
  take(): JournalPiece | undefined;
}

/** Events of a piece, and about how many bytes of those that are no rows. */
const EVENTS = 512;
const BYTES = 64 * 1024;

/** Nothing gathered yet. */
export function pieceBuilder(): PieceBuilder {
  const reader = rowReader(EVENTS);
  const ends = new Uint32Array(EVENTS);
  let others: OtherEvent[] = [];
  let texts = 0;
  let from = 0;
  let count = 0;
  let offset = 0;
  let end = 0;
  let taken = false;

  const clear = () => {
    reader.clear();
    others = [];
    texts = count = 0;
    taken = false;
  };
  return {
    add(bytes, begin, last, seq, place) {
      if (taken) clear();
      if (!reader.add(bytes, begin, last, seq)) {
        const text = bodyText(bytes, begin, last);
        const event = lineValue(text) as StudyEvent;
        if (event.seq !== seq || event.type === 'study-started') return event;
        others.push({ event, json: text.includes('{"$') ? undefined : text });
        texts += text.length;
      }
      if (count === 0) [from, offset] = [seq, place.offset];
      end = place.offset + place.bytes;
      ends[count++] = end - offset;
      return undefined;
    },
    full: () => !taken && (count === EVENTS || texts >= BYTES),
    take() {
      if (taken || count === 0) return undefined;
      taken = true;
      const { rows, heavy, norms } = reader;
      const place = { offset, bytes: end - offset };
      return { from, to: from + count - 1, rows, others, heavy, place, ends, norms };
    },
  };
}
