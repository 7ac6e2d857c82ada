import type { HParams, StudyEvent } from '../tune/events.js';
import type { StudyCommand } from '../tune/study-control.js';

/**
 * What the server and its clients say to each other: JSON text frames over one WebSocket at `/live`. Both ends share this
 * file, so it knows neither Node.js nor the DOM.
 *
 * 1. The client offers the subprotocols `rxnn.v1` and `token.<token>`, and with the right to control `control.<its token>`
 *    too; the server accepts `rxnn.v1`.
 * 2. The client says `resume` with the study it knows and the last sequence number it has (none: `null` and −1).
 * 3. The server says `hello`, then `events` without gaps, and `ended` when the study's stream is over.
 *
 * A client that lags is sent nothing until it has caught up, then everything it missed; `hello` with `fresh` says that
 * what it knows is of another study and to be forgotten.
 *
 * At any time a client may say `command`, and hears `answer` with the same `id` as soon as the study has taken it or
 * refused it; what comes of it is in the events. Without the right to control the answer says so.
 *
 * @example
 * const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, [protocolName, tokenProtocol(token)]);
 * socket.onopen = () => socket.send(JSON.stringify({ type: 'resume', study: null, lastSeq: -1 }));
 * socket.onmessage = ({ data }) => console.log(JSON.parse(data));
 */
export type ServerMessage = Hello | Events | Ended | Answer;

/** Everything a client may say. */
export type ClientMessage = Resume | Command;

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
}

/** The next events, in order and without gaps; NaN and infinite numbers are null. */
export interface Events {
  readonly type: 'events';
  readonly study: string;
  readonly events: readonly StudyEvent[];
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
