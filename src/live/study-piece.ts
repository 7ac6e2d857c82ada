import type { StudyEvent } from '../tune/events.js';
import type { ReportRows } from '../tune/report-rows.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import type { Heavy } from './light-event.js';
import type { LayerFindings } from './protocol.js';
import type { TrialColumns } from './trial-columns.js';

/** Events that follow each other, as they come from a journal: most of them rows of numbers. Good only while it is handed on. */
export interface StudyPiece {
  /** The sequence numbers of the first and the last event. */
  readonly from: number;
  readonly to: number;
  readonly rows: ReportRows;
  /** All other events, in their order; `json`: as `JSON.stringify` writes it, if that is known. */
  readonly others: readonly { readonly event: StudyEvent; readonly json?: string | undefined }[];
  /** What some of its reports have beside their numbers; absent where they have nothing. */
  readonly heavy?: HeavyParts | undefined;
}

/** What only the details of trials have, where it is stored. */
export interface HeavyParts {
  /** The bytes of its lines in the journal. */
  readonly place: { readonly offset: number; readonly bytes: number };
  /** By sequence number. */
  read(): ReadonlyMap<number, Heavy>;
}

/** Who takes a study in piece by piece, beside event by event. */
export interface StudyTaker {
  /** The next events; what was there already is an error, as is a gap. */
  appendPiece(piece: StudyPiece): void;
  /** All of it as it is now, which later events do not change; undefined if it was begun anew and is not what its first event says. */
  parts(): StudyParts | undefined;
  /** Takes the place of nothing: the study as it was. */
  restore(parts: StudyParts): void;
}

/** What a study as it is served consists of. */
export interface StudyParts {
  readonly study: string;
  readonly state: Omit<StudyState, 'trials'>;
  readonly trials: readonly TrialRecord[];
  readonly changedAt: number | undefined;
  /** The names of the metrics, in the order in which they came. */
  readonly names: readonly string[];
  readonly findings: readonly LayerFindings[];
  /** By trial, in the order of their first events. */
  readonly columns: readonly (readonly [trial: number, TrialColumns])[];
  readonly blocks: readonly LogBlock[];
}

/** Some events of a log that follow each other. */
export interface LogBlock {
  readonly from: number;
  readonly to: number;
  /** As clients are sent them: a frame of changes. */
  readonly frame: Uint8Array;
  /** What is not in the frame, by sequence number: as JSON, or where it can be read. */
  readonly heavy?: Uint8Array | HeavyParts | undefined;
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
