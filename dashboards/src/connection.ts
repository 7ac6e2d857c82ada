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
 * How things stand with the server. `refused`: the token is missing or wrong; nothing is tried again until it changes. `over`: of a finished study. `missing`: the
 * server has no study of this key; the list of its studies is still told. In a report, which has its study in it: how much of that is
 * read, and then what the report says of itself.
 */
export type ConnectionState =
  | { readonly kind: 'connecting' | 'live' | 'refused' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly over: boolean }
  | { readonly kind: 'missing'; readonly study: string }
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
  /** Instead of a socket to the study that is wanted, where the server has none: one that only hears which there are. */
  let lists: WebSocket | undefined;

  const say = (what: ClientMessage): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(what));
    return true;
  };
  const sayResume = () => {
    say({ type: 'resume', ...resume(), as: 'state' });
  };

  const later = () => {
    clearTimeout(timer);
    attempt++;
    const longest = over() && attempt > retries ? seldom : Math.min(10_000, 250 * 1.6 ** attempt);
    timer = window.setTimeout(open, longest * (0.5 + random() / 2));
  };
  /** A socket to a study, or without a key to the first; undefined, and told, where there is no right to it. */
  const socketTo = (key: string | undefined, secret: string | undefined): WebSocket | undefined => {
    clearTimeout(timer);
    const made = secret === undefined ? undefined : offer(addressOf(key), secret, controlToken());
    if (made === undefined) state({ kind: 'refused' });
    else made.binaryType = 'arraybuffer';
    return made;
  };

  const open = () => {
    const secret = token();
    const key = study();
    const mine = socketTo(key, secret);
    if (mine === undefined || secret === undefined) return;
    socket = mine;
    let opened = false;
    mine.onopen = () => {
      if (socket !== mine) return;
      opened = true;
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
      later();
      const waits = timer;
      state({ kind: 'reconnecting', attempt, over: over() });
      // A browser does not say why a WebSocket was refused; a plain request does.
      const status = await accessStatus(secret);
      // Meanwhile something else was tried.
      if (timer !== waits || socket !== undefined || lists !== undefined) return;
      if (status === 401) {
        clearTimeout(timer);
        state({ kind: 'refused' });
      } else if (status === 204 && !opened && key !== undefined) askForList(key);
    };
  };

  /** The server is there, and did not take the page to this study: its list, which any socket has, tells whether there is one. */
  const askForList = (key: string) => {
    const mine = socketTo(undefined, token());
    if (mine === undefined) return;
    lists = mine;
    mine.onopen = () => mine.send(JSON.stringify({ type: 'list' } satisfies ClientMessage));
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (lists !== mine || typeof data !== 'string') return;
      const told = JSON.parse(data) as ServerMessage;
      if (told.type !== 'studies') return;
      message(told);
      if (told.studies.every(each => each.key !== key)) state({ kind: 'missing', study: key });
      else mine.close();
    };
    mine.onclose = () => {
      if (lists !== mine) return;
      lists = undefined;
      later();
      state({ kind: 'reconnecting', attempt, over: over() });
    };
  };

  open();
  return {
    resume: sayResume,
    say,
    retry() {
      if (socket !== undefined || lists !== undefined) return;
      // Looked at again and again, the page of a finished study goes on saying that its server is gone.
      if (!over()) attempt = 0;
      open();
    },
    reopen() {
      const former = [socket, lists];
      socket = lists = undefined;
      for (const each of former) each?.close();
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

/** Where the socket of a study is, or without a key that of the first. */
function addressOf(key: string | undefined): URL {
  const address = new URL(key === undefined ? socketPath : `${socketPath}/${encodeURIComponent(key)}`, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address;
}

/** What the server answers to the token: 204, 401; undefined where nobody answers. */
async function accessStatus(secret: string): Promise<number | undefined> {
  try {
    const answer = await fetch(new URL(accessPath, location.href), { headers: { Authorization: `Bearer ${secret}` } });
    return answer.status;
  } catch {
    return undefined;
  }
}
