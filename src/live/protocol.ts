import type { HealthFinding } from '../train/report.js';
import type { Counts, HParams, Objective, StudyEvent } from '../tune/events.js';
import type { StudyCommand } from '../tune/study-control.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';

/**
 * What the server and its clients say to each other over one WebSocket at `/live`: JSON text frames, and binary frames (`frames.ts`)
 * for what is many numbers. Both ends share this file, so it knows neither Node.js nor the DOM.
 *
 * 1. The client offers the subprotocols `rxnn.v1` and `token.<token>`, and with the right to control `control.<its token>`
 *    too; the server accepts `rxnn.v1`.
 * 2. The client says `resume` with the study it knows and the last sequence number it has (none: `null` and −1). One that was
 *    cut off before its snapshot was whole has none.
 * 3. The server says `hello`, then what the client lacks, and `ended` when the study's stream is over.
 *
 * What is lacking comes in one of two forms. `as: 'events'`, the default, is for programs: every event as JSON, in `events`,
 * from the beginning or from where the client was. `as: 'state'` is for pages: a `snapshot` of the study with its trials in `trials`
 * frames (and before that `reading`, while a large stored study is read), or where the client was not away for long nothing at all, and from there on binary `changes`, twenty times a second at most, which
 * hold every event that follows, the reports as rows of numbers (without `norms`, `predictions` and `checkpoint`, for which there is `inspect`).
 * Either way sequence numbers have no gaps: a client that lags is sent nothing until it has caught up, then everything it missed, as
 * `changes`, or as another `snapshot` if that is much less; `hello` with `fresh` says that what it knows is to be forgotten, and so does
 * a `snapshot` of all but the curves' points, which are to be asked for again.
 *
 * Curves are no part of a snapshot: a client says with `see` which metric it shows by what, and with how many points to a curve, and gets
 * binary `curves`. Each frame has whole curves of some trials, as they were at its `seq`: it takes the place of what the client has of
 * these trials, and reports in later `changes` are added to it, as are those of trials that no frame had. Several may be asked for at a time;
 * the same metric by the same axis once more takes the place of the request before, which is not told to its end.
 * With `inspect` a client gets all that is known of one trial, and what follows; with `history` all events from the beginning, as `changes` with
 * the request's number, to play them again. With `list` it hears which studies there are on the server, now and whenever that
 * changes; each is at `/live/<its key>`, the first at `/live` too. What is asked for comes after what is new, piece by piece.
 *
 * At any time a client may say `command`, and hears `answer` with the same `id` as soon as the study has taken it or
 * refused it; what comes of it is in the events. Without the right to control the answer says so.
 *
 * @example
 * const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, [protocolName, tokenProtocol(token)]);
 * socket.onopen = () => socket.send(JSON.stringify({ type: 'resume', study: null, lastSeq: -1 }));
 * socket.onmessage = ({ data }) => console.log(JSON.parse(data));
 */
export type ServerMessage = Reading | Hello | Events | Snapshot | Trials | Detail | Load | Studies | Ended | Answer;

/** Everything a client may say. */
export type ClientMessage = Resume | See | Inspect | History | List | Command;

/** A stored study that is large is being read: to a page that waits for `hello`, whenever another hundredth is done. */
export interface Reading {
  readonly type: 'reading';
  /** From 0 to 1. */
  readonly share: number;
}

/** The answer to `resume`. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: typeof protocolVersion;
  /** The identity of the study: the same after a restart with the same study; null until the study has begun. */
  readonly study: string | null;
  /** Forget what you know: what follows begins at sequence number 0. */
  readonly fresh: boolean;
  /** The newest event's sequence number, −1 when there is none: at it the client is up to date. */
  readonly lastSeq: number;
  /** The server's clock, in milliseconds since 1970, as in the events. */
  readonly time: number;
  /** Commands of this client are taken. */
  readonly control?: true | undefined;
  /** How many studies there are on this server. */
  readonly studies?: number | undefined;
  /** The key of this one in the list of them. */
  readonly key?: string | undefined;
}

/** The next events, in order and without gaps; NaN and infinite numbers are null. */
export interface Events {
  readonly type: 'events';
  readonly study: string;
  readonly events: readonly StudyEvent[];
}

/** The study at a sequence number, without its trials, which follow in `trials` frames; reports are left out. */
export interface Snapshot {
  readonly type: 'snapshot';
  readonly study: string;
  /** The last event that is in it; `changes` go on from there, once all `trials` were told. */
  readonly seq: number;
  readonly state: Omit<StudyState, 'trials'>;
  /** How many trials follow. */
  readonly trials: number;
  /** The names of the metrics seen so far, in the order in which they came; the objective first. */
  readonly metrics: readonly string[];
  /** What is wrong with layers' gradients and activations: the last finding of each kind, and in which trials. */
  readonly findings: readonly LayerFindings[];
}

/** One kind of finding in one layer. */
export interface LayerFindings {
  readonly last: HealthFinding;
  /** The trial of the last one. */
  readonly trial: number;
  /** All trials that have it. */
  readonly trials: readonly number[];
}

/** Some trials of a snapshot, in the order of starting; `reports` are empty. */
export interface Trials {
  readonly type: 'trials';
  readonly study: string;
  readonly trials: readonly TrialRecord[];
}

/** All events of one trial, with complete reports; then those that follow, with `more`. */
export interface Detail {
  readonly type: 'detail';
  readonly study: string;
  readonly trial: number;
  readonly events: readonly StudyEvent[];
  /** These follow those told before. */
  readonly more?: true | undefined;
}

/** How busy the machine is, about once a second; a client that lags hears only the newest. */
export interface Load {
  readonly type: 'load';
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Processor cores that the study's process keeps busy, and how many there are. */
  readonly cpu: number;
  readonly cores: number;
  /** Resident memory of the process, in bytes. */
  readonly memory: number;
  /**
   * The worker threads, if there are any: the share of the time that each computed, from 0 to 1 (waiting for a free core is not told apart
   * from it), and the trial that it computes.
   */
  readonly workers?: readonly { readonly busy: number; readonly trial?: number | undefined }[] | undefined;
}

/** The studies on this server. */
export interface Studies {
  readonly type: 'studies';
  readonly studies: readonly StudySummary[];
}

/** A study in a list. */
export interface StudySummary {
  /** Its WebSocket is at `/live/<key>`. */
  readonly key: string;
  readonly name: string;
  /** `interrupted`: it has not come to its end, and nothing is known to run it. `unreadable`: `problem` says why. */
  readonly state: 'waiting' | 'running' | 'paused' | 'finished' | 'stopped' | 'interrupted' | 'unreadable';
  readonly problem?: string | undefined;
  readonly objective?: Objective | undefined;
  readonly best?: { readonly trial: number; readonly value: number } | undefined;
  readonly counts: Counts;
  /** How many trials there will be, if known. */
  readonly trials?: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  /** Of the last event. */
  readonly changedAt?: number | undefined;
  /** The folder that it is stored in, for people. */
  readonly folder?: string | undefined;
}

/** No more events will come; with the reason if the study's stream failed. */
export interface Ended {
  readonly type: 'ended';
  readonly error?: string | undefined;
}

/** Says what the client has, at first and whenever it finds a gap. */
export interface Resume {
  readonly type: 'resume';
  readonly study: string | null;
  /** −1 for nothing. */
  readonly lastSeq: number;
  /** The form in which it wants what it lacks; `events`. */
  readonly as?: 'events' | 'state' | undefined;
}

/** What curves are drawn by. */
export type CurveAxis = 'epoch' | 'samples' | 'seconds';

/** Asks for the curves of a metric, as binary `curves` with this `id`; the last such frame says so. */
export interface See {
  readonly type: 'see';
  /** The client's own number for it, from 0. */
  readonly id: number;
  readonly metric: string;
  readonly by: CurveAxis;
  /** The most points of a curve, from 4; of what is more the least and the greatest of each stretch stay. */
  readonly points: number;
  /** Only within this range of the axis, with one point on either side. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only of these trials; of all. */
  readonly trials?: readonly number[] | undefined;
}

/** Asks for all that is known of a trial, instead of any that was asked for before; null for none. */
export interface Inspect {
  readonly type: 'inspect';
  readonly trial: number | null;
}

/** Asks for all events from the beginning, as binary `changes` with this `id`. */
export interface History {
  readonly type: 'history';
  readonly id: number;
}

/** Asks which studies there are. */
export interface List {
  readonly type: 'list';
}

/** Tells the study something; needs the right to control. */
export interface Command {
  readonly type: 'command';
  /** The client's own number for it, from 0. */
  readonly id: number;
  readonly command: StudyCommand;
}

/** What came of a command, only to the client that said it. */
export type Answer =
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly ok: true;
      /** The trial that was made, if one was, and its hyperparameters. */
      readonly trial?: number | undefined;
      readonly hparams?: HParams | undefined;
    }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly ok: false;
      /** Why not, in a sentence. */
      readonly error: string;
    };

/** The version that `hello` states; another one has messages that clients of this one do not understand. */
export const protocolVersion = 1;

/** The WebSocket subprotocol of this version. */
export const protocolName = 'rxnn.v1';

/** Where the WebSocket is. */
export const socketPath = '/live';

/** Where a page can ask whether its token is right (204) or not (401), with `Authorization: Bearer <token>`. */
export const accessPath = '/access';

/** The longest message that a client may send, in bytes. */
export const maxClientMessage = 64 * 1024;

/** The subprotocol that carries the token: browsers cannot set headers on a WebSocket, and a query would end up in logs. */
export const tokenProtocol = (token: string): string => `token.${token}`;

/** The subprotocol that carries the token of the right to control, which is another one. */
export const controlProtocol = (token: string): string => `control.${token}`;

/** Why the server closed a connection, as WebSocket close codes. */
export const closeCodes = {
  /** The server stops; come back later. */
  goingAway: 1001,
  /** A binary frame. */
  unsupported: 1003,
  /** A message that is none of `ClientMessage`. */
  policy: 1008,
} as const;
