import { WebSocket } from 'ws';
import { type Changes, type CurvesFrame, decodeChanges, decodeCurves, frameKind } from '../../src/live/frames.js';
import {
  type ClientMessage,
  protocolName,
  type ServerMessage,
  type Snapshot,
  tokenProtocol,
} from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';

/** A client that wants the state of a study, as pages do: what it was told, and what it made of that. */
export interface PageReader {
  readonly socket: WebSocket;
  readonly messages: readonly ServerMessage[];
  readonly curves: readonly CurvesFrame[];
  /** Those that answer `history`. */
  readonly history: readonly Changes[];
  /** Frames of changes, with how many events each had. */
  readonly changes: readonly Pick<Changes, 'from' | 'to'>[];
  study(): string | null;
  /** The fold over what came; undefined until a snapshot is whole. */
  state(): StudyState | undefined;
  /** Sequence numbers that did not follow the one before. */
  readonly gaps: readonly string[];
  say(message: ClientMessage): void;
  until(condition: () => boolean): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** What a page had when its connection was cut. */
export type Known = Pick<PageReader, 'study' | 'state'>;

/** Connects, and goes on from what it knew, if it knew anything. */
export async function pageReader(
  server: { readonly port: number; readonly token: string },
  { path = '/live', known, protocols = [] }: { path?: string; known?: Known; protocols?: readonly string[] } = {},
): Promise<PageReader> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, [
    protocolName,
    tokenProtocol(server.token),
    ...protocols,
  ]);
  const messages: ServerMessage[] = [];
  const curves: CurvesFrame[] = [];
  const history: Changes[] = [];
  const changes: Changes[] = [];
  const gaps: string[] = [];
  const waiting = new Set<() => void>();
  let study = known?.study() ?? null;
  let state = known?.state();
  let snapshot: Snapshot | undefined;
  let early: StudyEvent[] = [];

  const fold = (events: readonly StudyEvent[]) => {
    if (state === undefined) return gaps.push(`changes from ${events[0]?.seq} without a snapshot`);
    for (const event of events) {
      if (event.seq !== state.lastSeq + 1) gaps.push(`${event.seq} after ${state.lastSeq}`);
      state = foldWithoutReports(state, event);
    }
  };
  const takeText = (message: ServerMessage) => {
    messages.push(message);
    if (message.type === 'hello') {
      study = message.study;
      if (message.fresh) state = snapshot = undefined;
    } else if (message.type === 'snapshot') {
      snapshot = message;
      early = [];
      state = { ...emptyStudy, ...message.state, trials: new Map() };
    } else if (message.type === 'trials' && state !== undefined) {
      for (const trial of message.trials) (state.trials as Map<number, typeof trial>).set(trial.number, trial);
    }
    if (snapshot !== undefined && state?.trials.size === snapshot.trials) {
      snapshot = undefined;
      fold(early.splice(0));
    }
  };
  const takeFrame = (frame: Uint8Array) => {
    if (frameKind(frame) === 'curves') return curves.push(decodeCurves(frame));
    const some = decodeChanges(frame);
    if (some.id !== undefined) return history.push(some);
    changes.push(some);
    if (snapshot === undefined) fold(some.events);
    else early.push(...some.events);
  };
  socket.on('message', (data, isBinary) => {
    if (isBinary) takeFrame(data as Buffer);
    else takeText(JSON.parse(data.toString()) as ServerMessage);
    for (const look of waiting) look();
  });
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('close', () => reject(new Error('refused')));
  });
  const say = (message: ClientMessage) => socket.send(JSON.stringify(message));
  say({ type: 'resume', study, lastSeq: state?.lastSeq ?? -1, as: 'state' });
  return {
    socket,
    messages,
    curves,
    history,
    changes,
    gaps,
    study: () => study,
    state: () => (snapshot === undefined ? state : undefined),
    say,
    closed,
    until: condition =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (condition()) resolve();
          else if (socket.readyState === WebSocket.CLOSED) reject(new Error('the connection ended'));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}
