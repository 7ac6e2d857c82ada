import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { InputError } from '../errors.js';
import type { StudyControl } from '../tune/study-control.js';
import type { WorkerLoad } from '../tune/workers/thread.js';
import { access, studyPath } from './access.js';
import { httpHandler } from './http-handler.js';
import { defaultLimits, type LiveLimits } from './limits.js';
import { machineLoad } from './machine-load.js';
import { maxClientMessage, protocolName } from './protocol.js';
import { type Refusal, refuseUpgrade } from './refusal.js';
import { requestConnections } from './request-connections.js';
import { servedStudies } from './served-studies.js';
import type { Shelf } from './shelf.js';
import { staticFiles } from './static-files.js';
import { newToken, type Tokens, tokenForm } from './token.js';

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
  /** How busy the worker threads are, asked once a second while somebody looks; nothing is said of them without it. */
  readonly workers?: (() => readonly WorkerLoad[]) | undefined;
}

/** What a server serves. */
export interface Served {
  readonly shelf: Shelf;
  /** Whether any of it may be controlled. */
  readonly controls: boolean;
  /** Whether there is the page. */
  readonly page: boolean;
}

/** A running live server. */
export interface LiveServer {
  /** For a person to open: `http://127.0.0.1:PORT/#token=…`. What follows the # is never sent, so it is in no log. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Of the right to control, if there is that; in no address, so who is given the page's can only read. */
  readonly controlToken?: string | undefined;
  /** Tokens that are taken as well, and by nobody else: for a file that tells other processes of the user, and may outlive this one. */
  readonly ofThisRun: Tokens;
  /** How many pages and programs are connected. */
  clients(): number;
  /** Tells the clients what is left to tell, for 2 s at most (`closeWithin`), ends their connections and frees the port. */
  close(): Promise<void>;
}

/** Connections that an operating system may hand over at once. */
const BURST = 1024;

/** Serves the live page and studies, or takes commands only: see `serve-live.ts`, `serve-studies.ts`, `serve-control.ts`. */
export async function openServer(
  { shelf, controls, page }: Served,
  options: Omit<LiveOptions, 'control'>,
): Promise<LiveServer> {
  const { port: wanted = 0, host = '127.0.0.1', token = newToken(), clock = Date.now } = options;
  const limits = { ...defaultLimits, ...options.limits };
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw new InputError(`expected a whole number from 0 (any free port) to 65535, got ${wanted}`, { path: 'port' });
  }
  const controlToken = controls ? (options.controlToken ?? newToken()) : undefined;
  for (const [path, given] of Object.entries({ token, controlToken })) {
    if (given === undefined || tokenForm.test(given)) continue;
    throw new InputError('expected 32 to 128 hexadecimal digits in lower case', { path });
  }
  if (token === controlToken) {
    throw new InputError('expected another token than that of the right to read', { path: 'controlToken' });
  }
  const dashboards = options.dashboards ?? fileURLToPath(new URL('../dashboards', import.meta.url));
  const files = page ? await staticFiles(dashboards) : new Map();

  const server = createServer({
    requestTimeout: limits.requestWithin,
    headersTimeout: limits.requestWithin,
    // Node.js looks every 30 s otherwise, and a request may take as much longer.
    connectionsCheckingInterval: limits.requestWithin / 4,
    keepAliveTimeout: 5_000,
  });
  // For the page's files, and to refuse in words. Many may come at once, before those that are cut off for them are gone.
  server.maxConnections = limits.clients + limits.requests + BURST;
  const requests = requestConnections(server, limits.requests);
  const port = await listen(server, wanted, host);
  const name =
    host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host.toLowerCase();
  const ofThisRun: Tokens = { token: newToken(), controlToken: controls ? newToken() : undefined };
  const gate = access(name, port, { token, controlToken }, ofThisRun);
  server.on('request', httpHandler(files, gate));

  const studies = servedStudies(shelf.studies$, limits, clock);
  const load = machineLoad(clock, options.workers);
  const loads = setInterval(() => {
    if (studies.clients() > 0) studies.tell('load', JSON.stringify(load()));
  }, limits.loadEvery);
  loads.unref();
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
    const refusal = gate.upgrade(request) ?? unavailable(studyPath(request.url)?.key);
    if (refusal !== undefined) return refuseUpgrade(socket, refusal);
    socket.off('error', hangUp);
    sockets.handleUpgrade(request, socket, head, accepted => {
      requests.release(socket);
      studies.add(accepted, studyPath(request.url)?.key, {
        controls: gate.controls(request),
        // Only browsers say where a page comes from.
        by: request.headers.origin === undefined ? 'command' : 'page',
      });
    });
  });
  const unavailable = (key: string | undefined): Refusal | undefined => {
    if (!studies.has(key)) return { status: 404, reason: 'There is no such study here.' };
    if (studies.clients() < limits.clients) return undefined;
    return { status: 503, reason: `There are ${limits.clients} pages open already: close one.` };
  };

  let closed: Promise<void> | undefined;
  const close = async () => {
    const free = new Promise<void>(resolve => server.close(() => resolve()));
    clearInterval(loads);
    await studies.close();
    sockets.close();
    server.closeAllConnections();
    await free;
  };
  return {
    url: `http://${name}:${port}/#token=${token}`,
    port,
    token,
    controlToken,
    ofThisRun,
    clients: studies.clients,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

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
