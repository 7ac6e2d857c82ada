import { decodeChanges, frameKind } from '../../src/live/frames.js';
import {
  type ClientMessage,
  protocolName,
  type ServerMessage,
  socketPath,
  tokenProtocol,
} from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState, type TrialRecord } from '../../src/tune/study-state.js';

/** Another study than that of the page, read only, without its curves. */
export interface OtherStudy {
  /** Undefined until it is here. */
  readonly state: StudyState | undefined;
  /** Why it is not here. */
  readonly problem: string | undefined;
  close(): void;
}

/** What folds another study: it is told what comes, and says what it wants. */
export interface OtherFold {
  readonly state: StudyState | undefined;
  open(): void;
  receive(data: string | ArrayBuffer): void;
}

/** What the fold needs. */
export interface OtherOptions {
  readonly say: (message: ClientMessage) => void;
  readonly changed: () => void;
}

/** Folds another study from a snapshot, or from events, and what follows. */
export function otherFold({ say, changed }: OtherOptions): OtherFold {
  let state: StudyState | undefined;
  let next:
    | { readonly state: StudyState; readonly trials: Map<number, TrialRecord>; readonly size: number }
    | undefined;
  let identity: string | null = null;

  const resume = (from: number) =>
    say({ type: 'resume', study: from < 0 ? null : identity, lastSeq: from, as: 'state' });
  const arrived = () => {
    if (next === undefined || next.trials.size < next.size) return;
    state = next.state;
    next = undefined;
    changed();
  };
  const fold = (events: readonly StudyEvent[]) => {
    let now = state ?? emptyStudy;
    for (const event of events) {
      if (event.seq > now.lastSeq + 1 && event.type !== 'study-started') {
        state = now.lastSeq < 0 ? undefined : now;
        return resume(now.lastSeq);
      }
      now = foldWithoutReports(now, event);
    }
    state = now;
    changed();
  };

  return {
    get state() {
      return state;
    },
    open: () => resume(state?.lastSeq ?? -1),
    receive(data) {
      if (typeof data !== 'string') {
        const bytes = new Uint8Array(data);
        if (frameKind(bytes) === 'changes') fold(decodeChanges(bytes).events);
        return;
      }
      const message = JSON.parse(data) as ServerMessage;
      if (message.type === 'hello') {
        if (message.fresh && message.study !== identity) state = undefined;
        identity = message.study;
      } else if (message.type === 'snapshot') {
        const trials = new Map<number, TrialRecord>();
        next = { state: { ...message.state, trials }, trials, size: message.trials };
        arrived();
      } else if (message.type === 'trials') {
        for (const trial of message.trials) next?.trials.set(trial.number, trial);
        arrived();
      } else if (message.type === 'events') fold(message.events);
    },
  };
}

/** Connects to another study of this server, and comes back to it until it is closed. */
export function otherStudy(key: string, token: string | undefined, changed: () => void): OtherStudy {
  let socket: WebSocket | undefined;
  let problem: string | undefined;
  let closed = false;
  let tried = 0;
  const fold = otherFold({
    say: message => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message)),
    changed,
  });
  const open = () => {
    if (closed || token === undefined) return;
    const address = new URL(`${socketPath}/${encodeURIComponent(key)}`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.hash = '';
    socket = new WebSocket(address, [protocolName, tokenProtocol(token)]);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      [problem, tried] = [undefined, 0];
      fold.open();
    };
    socket.onmessage = ({ data }) => fold.receive(data as string | ArrayBuffer);
    socket.onclose = () => {
      if (closed) return;
      if (fold.state === undefined) problem = 'the server does not show it now';
      changed();
      setTimeout(open, Math.min(30_000, 1000 * 2 ** tried++));
    };
  };
  open();
  return {
    get state() {
      return fold.state;
    },
    get problem() {
      return token === undefined ? 'this page has no right to read it' : problem;
    },
    close() {
      closed = true;
      socket?.close();
    },
  };
}
