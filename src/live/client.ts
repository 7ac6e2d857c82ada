import type { WebSocket } from 'ws';
import { parseClientMessage } from './client-message.js';
import type { EventLog } from './event-log.js';
import type { LiveLimits } from './limits.js';
import { closeCodes, type Ended, type Events, type Hello, protocolVersion, type Resume } from './protocol.js';
import type { Right } from './right-to-control.js';

/** One connected reader: a cursor into the log, so that a slow one costs no memory and misses nothing. */
export interface Client {
  /** Sends what the client lacks, as far as its socket takes it. */
  pump(): void;
  /** Whether it has everything that there is, or never asked for anything. */
  caughtUp(): boolean;
  /** Asks for a sign of life; cuts off a client that gave none since the last time. */
  ping(): void;
  /** Ends the connection, at first politely. */
  close(): void;
  terminate(): void;
}

/** What a client reads from. */
export interface Source {
  readonly log: EventLog;
  /** Set once the stream of events is over. */
  readonly ended: () => Ended | undefined;
  readonly clock: () => number;
  readonly limits: LiveLimits;
}

/** Answers that a client may leave unread: one that does not listen is not to fill the memory. */
const UNREAD = 1024;

/** Serves one accepted socket until it closes. */
export function client(socket: WebSocket, right: Right, { log, ended, clock, limits }: Source): Client {
  /** What it asked for and was not yet greeted for. */
  let asked: Resume | undefined;
  let study: string | null | undefined;
  let next = 0;
  let toldEnd = false;
  let alive = true;
  let commanded = false;
  let unread = 0;

  const lags = () => socket.bufferedAmount > limits.lag;
  const open = () => socket.readyState === socket.OPEN;
  // After each frame that leaves, the socket may take more: this is how a slow client catches up.
  const send = (text: string) =>
    socket.send(text, error => {
      if (error) return;
      alive = true;
      pump();
    });

  const greet = ({ study: known, lastSeq }: Resume) => {
    const resumes = known !== null && known === log.study && lastSeq <= log.lastSeq;
    study = log.study;
    next = resumes ? lastSeq + 1 : 0;
    toldEnd = false;
    const hello: Hello = {
      type: 'hello',
      protocol: protocolVersion,
      study: log.study,
      fresh: !resumes,
      lastSeq: log.lastSeq,
      time: clock(),
      ...(right.granted && { control: true }),
    };
    send(JSON.stringify(hello));
  };

  const pump = () => {
    while (open() && !lags()) {
      if (asked !== undefined) {
        const resume = asked;
        asked = undefined;
        greet(resume);
      } else if (study === undefined) {
        return;
      } else if (study !== log.study) {
        // The study began after the greeting, or gave way to another.
        greet({ type: 'resume', study: null, lastSeq: -1 });
      } else if (next <= log.lastSeq && study !== null) {
        const { json, next: after } = log.slice(next, limits.frame);
        next = after;
        const head: Omit<Events, 'events'> = { type: 'events', study };
        send(`${JSON.stringify(head).slice(0, -1)},"events":${json}}`);
      } else {
        const end = ended();
        if (end === undefined || toldEnd) return;
        toldEnd = true;
        send(JSON.stringify(end));
      }
    }
  };

  const silent = setTimeout(() => {
    if (study === undefined && !commanded) socket.close(closeCodes.policy, 'say {"type":"resume",…} first');
  }, limits.resumeWithin);
  socket.on('close', () => clearTimeout(silent));
  // What ws finds wrong with a frame (too large, not UTF-8) it answers with a close code of its own.
  socket.on('error', () => {});
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('message', (data, isBinary) => {
    // What was on its way when the connection was given up is not heard any more.
    if (!open()) return;
    alive = true;
    if (isBinary) return socket.close(closeCodes.unsupported, 'only text is understood');
    const message = parseClientMessage(data.toString());
    if (typeof message === 'string') return socket.close(closeCodes.policy, message);
    if (message.type === 'command') {
      commanded = true;
      if (++unread > UNREAD) return socket.close(closeCodes.policy, 'read the answers before you say more');
      return socket.send(JSON.stringify(right.answer(message)), () => {
        unread--;
      });
    }
    asked = message;
    pump();
  });

  return {
    pump,
    caughtUp: () =>
      !open() ||
      (asked === undefined &&
        (study === undefined ||
          (study === log.study &&
            next > log.lastSeq &&
            (toldEnd || ended() === undefined) &&
            socket.bufferedAmount === 0))),
    ping() {
      if (!alive) return socket.terminate();
      alive = false;
      if (open() && !lags()) socket.ping();
    },
    close: () => socket.close(closeCodes.goingAway, 'the server stops'),
    terminate: () => socket.terminate(),
  };
}
