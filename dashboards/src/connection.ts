import {
  accessPath,
  type ClientMessage,
  controlProtocol,
  protocolName,
  type Resume,
  type ServerMessage,
  socketPath,
  tokenProtocol,
} from '../../src/live/protocol.js';

/**
 * How things stand with the server. `refused`: the token is missing or wrong; nothing is tried again until it changes. `over`: of a finished study. In a report,
 * which has its study in it: how much of that is read, and then what the report says of itself.
 */
export type ConnectionState =
  | { readonly kind: 'connecting' | 'live' | 'refused' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly over: boolean }
  | { readonly kind: 'reading'; readonly share: number }
  | { readonly kind: 'report'; readonly note: string | undefined };

/** What a connection needs to know, and tells. */
export interface ConnectionOptions {
  readonly token: () => string | undefined;
  /** The token of the right to control, if the page has it. */
  readonly controlToken: () => string | undefined;
  /** The key of the study that is wanted; the server's first one. */
  readonly study: () => string | undefined;
  /** What the page has, to say at each new connection. */
  readonly resume: () => Pick<Resume, 'study' | 'lastSeq'>;
  readonly message: (message: ServerMessage) => void;
  /** A binary frame. */
  readonly frame: (bytes: Uint8Array) => void;
  readonly state: (state: ConnectionState) => void;
  /** Whether the study is over: then its server may be gone for good, and is tried seldom. */
  readonly over: () => boolean;
  /** In [0, 1): many pages must not come back at the same moment. */
  readonly random: () => number;
}

/** A connection that comes back by itself, with growing and jittered delays of at most ten seconds. */
export interface Connection {
  /** Says again what the page has; the server sends what it lacks. */
  resume(): void;
  /** Says something; false where there is no connection. */
  say(message: ClientMessage): boolean;
  /** Tries at once, if not connected. */
  retry(): void;
  /** Leaves this study for the one that is wanted now. */
  reopen(): void;
}

/** Makes a connection: to a server, or to the study that lies in the page itself. */
export type Connect = (options: ConnectionOptions) => Connection;

/** A server is taken for lost after more than so many attempts in vain. */
const patience = 2;
/** The server of a finished study is tried seldom after so many: milliseconds between two attempts from then on. */
const retries = 5;
const seldom = 30_000;

/** Whether nobody answers any more: what is not on the page cannot be had now. */
export function isLost(state: ConnectionState): state is ConnectionState & { readonly kind: 'reconnecting' } {
  return state.kind === 'reconnecting' && state.attempt > patience;
}

/** Connects, and stays connected for the life of the page. */
export const connection: Connect = options => {
  const { token, controlToken, study, resume, message, frame, state, over, random } = options;
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let attempt = 0;

  const say = (what: ClientMessage): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(what));
    return true;
  };
  const sayResume = () => {
    say({ type: 'resume', ...resume(), as: 'state' });
  };

  const open = () => {
    clearTimeout(timer);
    timer = undefined;
    const secret = token();
    if (secret === undefined) return state({ kind: 'refused' });
    const key = study();
    const address = new URL(key === undefined ? socketPath : `${socketPath}/${encodeURIComponent(key)}`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.hash = '';
    const mine = offer(address, secret, controlToken());
    if (mine === undefined) return state({ kind: 'refused' });
    socket = mine;
    mine.binaryType = 'arraybuffer';
    mine.onopen = () => {
      if (socket !== mine) return;
      attempt = 0;
      state({ kind: 'live' });
      sayResume();
    };
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== mine) return;
      if (typeof data === 'string') message(JSON.parse(data) as ServerMessage);
      else frame(new Uint8Array(data));
    };
    mine.onclose = async () => {
      if (socket !== mine) return;
      socket = undefined;
      attempt++;
      const longest = over() && attempt > retries ? seldom : Math.min(10_000, 250 * 1.6 ** attempt);
      const delay = longest * (0.5 + random() / 2);
      timer = window.setTimeout(open, delay);
      state({ kind: 'reconnecting', attempt, over: over() });
      // A browser does not say why a WebSocket was refused; a plain request does.
      if (await tokenIsWrong(secret)) {
        clearTimeout(timer);
        timer = undefined;
        state({ kind: 'refused' });
      }
    };
  };

  open();
  return {
    resume: sayResume,
    say,
    retry() {
      if (socket !== undefined) return;
      // Looked at again and again, the page of a finished study goes on saying that its server is gone.
      if (!over()) attempt = 0;
      open();
    },
    reopen() {
      const former = socket;
      socket = undefined;
      former?.close();
      attempt = 0;
      state({ kind: 'connecting' });
      open();
    },
  };
};

/** A token that is no word cannot be offered as a subprotocol: the browser throws. */
function offer(address: URL, secret: string, control: string | undefined): WebSocket | undefined {
  try {
    return new WebSocket(address, [
      protocolName,
      tokenProtocol(secret),
      ...(control === undefined ? [] : [controlProtocol(control)]),
    ]);
  } catch {
    return undefined;
  }
}

async function tokenIsWrong(secret: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL(accessPath, location.href), { headers: { Authorization: `Bearer ${secret}` } });
    return answer.status === 401;
  } catch {
    return false;
  }
}
