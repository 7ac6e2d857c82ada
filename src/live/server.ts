import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Observable, throwError } from 'rxjs';
import { WebSocketServer } from 'ws';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import type { StudyControl } from '../tune/study-control.js';
import { access } from './access.js';
import { broadcast } from './broadcast.js';
import { httpHandler } from './http-handler.js';
import { defaultLimits, type LiveLimits } from './limits.js';
import { maxClientMessage, protocolName } from './protocol.js';
import { refuseUpgrade } from './refusal.js';
import { noRight, rightToControl } from './right-to-control.js';
import { staticFiles } from './static-files.js';
import { newToken, tokenForm } from './token.js';

/** Options of `serveLive`. */
export interface LiveOptions {
  /** 0 to 65535; 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** The name or address to listen at; 127.0.0.1, which nobody but this machine reaches. */
  readonly host?: string | undefined;
  /** What clients must know, 32 to 128 hexadecimal digits; a new random one. Keep it (`userToken`) and pages survive a restart. */
  readonly token?: string | undefined;
  /** The handle of the study, for clients with the right to control; without it the server only reads. */
  readonly control?: StudyControl | undefined;
  /** What clients must know to control, of the same form and not the same; a new random one. */
  readonly controlToken?: string | undefined;
  /** The folder of the page's files; the one that is built beside this library. */
  readonly dashboards?: string | undefined;
  /** Milliseconds since 1970; `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** What differs from `defaultLimits`. */
  readonly limits?: Partial<LiveLimits> | undefined;
}

/** A running live server. */
export interface LiveServer {
  /** For a person to open: `http://127.0.0.1:PORT/#token=…`. What follows the # is never sent, so it is in no log. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Of the right to control, if there is that; in no address, so who is given the page's can only read. */
  readonly controlToken?: string | undefined;
  /** How many pages and programs are connected. */
  clients(): number;
  /** Tells the clients what is left to tell, for 2 s at most (`closeWithin`), ends their connections and frees the port. */
  close(): Promise<void>;
}

/** Serves the live page and the events, or, where there are none, takes commands only: see `serve-live.ts`, `serve-control.ts`. */
export async function openServer(
  events$: Observable<StudyEvent> | undefined,
  options: LiveOptions,
): Promise<LiveServer> {
  const { port: wanted = 0, host = '127.0.0.1', token = newToken(), clock = Date.now } = options;
  const limits = { ...defaultLimits, ...options.limits };
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw new InputError(`expected a whole number from 0 (any free port) to 65535, got ${wanted}`, { path: 'port' });
  }
  const { control } = options;
  const controlToken = control && (options.controlToken ?? newToken());
  for (const [path, given] of Object.entries({ token, controlToken })) {
    if (given === undefined || tokenForm.test(given)) continue;
    throw new InputError('expected 32 to 128 hexadecimal digits in lower case', { path });
  }
  if (token === controlToken) {
    throw new InputError('expected another token than that of the right to read', { path: 'controlToken' });
  }
  const dashboards = options.dashboards ?? fileURLToPath(new URL('../dashboards', import.meta.url));
  const files = events$ === undefined ? new Map() : await staticFiles(dashboards);

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 });
  // A few more than there may be clients: for the page's files, and to refuse in words.
  server.maxConnections = limits.clients + 64;
  const port = await listen(server, wanted, host);
  const name =
    host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host.toLowerCase();
  const gate = access(name, port, { token, controlToken });
  server.on('request', httpHandler(files, gate));

  const clients = broadcast(events$ ?? noEvents(), limits, clock);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxClientMessage,
    perMessageDeflate: false,
    handleProtocols: () => protocolName,
  });
  server.on('upgrade', (request, socket, head) => {
    const hangUp = () => socket.destroy();
    socket.on('error', hangUp);
    const refusal =
      gate.upgrade(request) ??
      (clients.clients() < limits.clients
        ? undefined
        : { status: 503, reason: `There are ${limits.clients} pages open already: close one.` });
    if (refusal !== undefined) return refuseUpgrade(socket, refusal);
    socket.off('error', hangUp);
    sockets.handleUpgrade(request, socket, head, accepted => {
      // Only browsers say where a page comes from.
      const by = request.headers.origin === undefined ? 'command' : 'page';
      const right =
        control === undefined
          ? noRight('this server only reads: its study takes no commands')
          : gate.controls(request)
            ? rightToControl(control, by)
            : noRight('a command needs the control token, which this connection did not offer');
      clients.add(accepted, right);
    });
  });

  let closed: Promise<void> | undefined;
  const close = async () => {
    const free = new Promise<void>(resolve => server.close(() => resolve()));
    await clients.close();
    sockets.close();
    server.closeAllConnections();
    await free;
  };
  return {
    url: `http://${name}:${port}/#token=${token}`,
    port,
    token,
    controlToken,
    clients: clients.clients,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** What readers hear of a server that only takes commands. */
const noEvents = () =>
  throwError(() => new Error('this server only takes commands; `rxnn tune --live` tells the events too'));

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new InputError(listenProblem(error, port, host))));
    server.listen({ port, host }, () => {
      server.removeAllListeners('error');
      // Too many open files, say: that connection is lost, and the study must not be.
      server.on('error', () => {});
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenProblem({ code = '', message }: NodeJS.ErrnoException, port: number, host: string): string {
  const away = `"${host}" is no address of this machine: use 127.0.0.1`;
  const other = port < 1024 ? 'one from 1024 on' : 'another one';
  const problems: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use: choose another one, or 0 for any that is free`,
    EACCES: `port ${port} at "${host}" may not be opened by this user: choose ${other}, or 0 for any that is free`,
    EADDRNOTAVAIL: away,
    ENOTFOUND: away,
    EAI_AGAIN: `the name "${host}" cannot be looked up now: use 127.0.0.1`,
  };
  return problems[code] ?? `cannot listen at "${host}", port ${port} (${message})`;
}
