import type { StudyEvent } from '../tune/events.js';
import type { ReportRows } from '../tune/report-rows.js';
import type { Heavy } from './light-event.js';

/** Events that follow each other, as they come from a journal: most of them rows of numbers. Good only while it is handed on. */
export interface StudyPiece {
  /** The sequence numbers of the first and the last event. */
  readonly from: number;
  readonly to: number;
  readonly rows: ReportRows;
  /** All other events, in their order; `json`: as `JSON.stringify` writes it, if that is known. */
  readonly others: readonly { readonly event: StudyEvent; readonly json?: string | undefined }[];
  /** Reads what the rows have beside their numbers, by sequence number; absent where they have nothing. */
  readonly heavy?: HeavyParts | undefined;
}

/** What only the details of trials have, by sequence number. */
export type HeavyParts = () => ReadonlyMap<number, Heavy>;

/** Who takes a study in piece by piece, beside event by event. */
export interface PieceTaker {
  /** The next events; what was there already is an error, as is a gap. */
  appendPiece(piece: StudyPiece): void;
}

/** Goes through a piece in the order of its events, the rows by stretches without another event between them. */
export function inOrder(
  { rows, others }: Pick<StudyPiece, 'rows' | 'others'>,
  event: (event: StudyEvent) => void,
  stretch: (rows: ReportRows, from: number, to: number) => void,
): void {
  let from = 0;
  const upTo = (seq: number) => {
    let to = from;
    while (to < rows.length && (rows.seq[to] as number) < seq) to++;
    if (to > from) stretch(rows, from, to);
    from = to;
  };
  for (const other of others) {
    upTo(other.event.seq);
    event(other.event);
  }
  upTo(Number.POSITIVE_INFINITY);
}
