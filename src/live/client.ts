import type { WebSocket } from 'ws';
import { parseClientMessage } from './client-message.js';
import type { LiveLimits } from './limits.js';
import { type Answer, closeCodes } from './protocol.js';
import type { Right } from './right-to-control.js';
import type { SessionOptions } from './study-session.js';
import { studySession } from './study-session.js';
import type { Turns } from './turns.js';

/** One connected reader of a study: it has a place in the log, so that a slow one costs no memory and misses nothing. */
export interface Client {
  /** It may be told everything up to now. */
  reach(): void;
  /** Something is to be told, if the client wants it. */
  wake(): void;
  /** Tells something of which only the newest counts, if the client wants it: a page hears the load, and who has asked for it the list. */
  tell(kind: 'load' | 'studies', text: string): void;
  /** Whether it has everything that there is, or never asked for anything. */
  caughtUp(): boolean;
  /** Asks for a sign of life; cuts off a client that gave none since the last time. */
  ping(): void;
  /** Ends the connection, at first politely. */
  close(): void;
  terminate(): void;
}

/** What a client reads from. */
export interface Source extends Omit<SessionOptions, 'send' | 'frame'> {
  readonly limits: LiveLimits;
  readonly turns: Turns;
  /** The list of studies as a message, for a client that asks for it. */
  readonly list: () => string;
}

/** Answers that a client may leave unread: one that does not listen is not to fill the memory. */
const UNREAD = 1024;

/** Serves one accepted socket until it closes. */
export function client(socket: WebSocket, right: Right, { limits, turns, list, ...about }: Source): Client {
  const newest = new Map<'load' | 'studies', string>();
  let lists = false;
  let alive = true;
  let spoke = false;
  let unread = 0;
  let stopped = false;

  const lags = () => socket.bufferedAmount > limits.lag;
  const open = () => socket.readyState === socket.OPEN;
  // After each frame that leaves, the socket may take more: this is how a slow client catches up.
  const send = (message: string | Uint8Array) =>
    socket.send(message, error => {
      if (error) return;
      alive = true;
      if (stopped) wake();
    });
  const session = studySession({ ...about, send, frame: limits.frame });
  const work = () => {
    if (!open()) return false;
    stopped = lags();
    if (stopped) return false;
    for (const [kind, text] of newest) {
      newest.delete(kind);
      send(text);
    }
    return session.step();
  };
  const wake = () => turns.wake(work);

  let deadline: NodeJS.Timeout | undefined;
  /** Ends the connection with a reason; who does not hang up then is cut off. */
  const refuse = (code: number, reason: string) => {
    socket.close(code, reason);
    deadline ??= setTimeout(() => socket.terminate(), limits.closeWithin);
    deadline.unref?.();
  };
  const silent = setTimeout(() => {
    if (!spoke) refuse(closeCodes.policy, 'say {"type":"resume",…} first');
  }, limits.resumeWithin);
  socket.on('close', () => {
    clearTimeout(silent);
    clearTimeout(deadline);
  });
  // What ws finds wrong with a frame (too large, not UTF-8) it answers with a close code of its own.
  socket.on('error', () => {});
  socket.on('pong', () => {
    alive = true;
  });
  const answer = (given: Answer) => {
    if (!open()) return;
    socket.send(JSON.stringify(given), () => {
      unread--;
    });
  };
  socket.on('message', (data, isBinary) => {
    // What was on its way when the connection was given up is not heard any more.
    if (!open()) return;
    alive = true;
    if (isBinary) return refuse(closeCodes.unsupported, 'only text is understood');
    const message = parseClientMessage(data.toString());
    if (typeof message === 'string') return refuse(closeCodes.policy, message);
    if (message.type !== 'see' && message.type !== 'inspect' && message.type !== 'history') spoke = true;
    if (message.type === 'command') {
      if (++unread > UNREAD) return refuse(closeCodes.policy, 'read the answers before you say more');
      const given = right.answer(message);
      if (given instanceof Promise) void given.then(answer);
      else answer(given);
      return;
    }
    if (message.type === 'list') {
      lists = true;
      newest.set('studies', list());
    } else if (!session.say(message)) {
      return refuse(closeCodes.policy, 'wait for the curves that you asked for before you ask for more');
    }
    wake();
  });

  return {
    reach() {
      session.reach();
      wake();
    },
    wake,
    tell(kind, text) {
      if (kind === 'load' ? session.form() !== 'state' : !lists) return;
      newest.set(kind, text);
      wake();
    },
    caughtUp: () => !open() || (session.caughtUp() && (session.form() === undefined || socket.bufferedAmount === 0)),
    ping() {
      if (!alive) return socket.terminate();
      alive = false;
      if (open() && !lags()) socket.ping();
    },
    close: () => socket.close(closeCodes.goingAway, 'the server stops'),
    terminate: () => socket.terminate(),
  };
}
