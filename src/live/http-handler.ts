import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Access } from './access.js';
import { accessPath } from './protocol.js';
import type { Refusal } from './refusal.js';
import { securityHeaders } from './security-headers.js';
import type { StaticFile } from './static-files.js';

const noFile = 'There is no such file; the page is at /.';
const noPage = 'This server has no page, it only takes commands; `rxnn tune --live` has one.';

/** Answers plain requests: the page's files, and whether a token is right. Reads only: GET and HEAD. */
export function httpHandler(files: ReadonlyMap<string, StaticFile>, access: Access): RequestListener {
  return (request, response) => {
    const refusal = access.host(request) ?? checkMethod(request);
    if (refusal !== undefined) return refuse(response, refusal);
    const path = request.url?.split(/[?#]/)[0];
    if (path === accessPath) {
      const denied = access.bearer(request);
      if (denied !== undefined) return refuse(response, denied);
      response.writeHead(204, { ...securityHeaders, 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    const file = files.get(path ?? '');
    if (file === undefined) return refuse(response, { status: 404, reason: files.size === 0 ? noPage : noFile });
    const gzipped = acceptsGzip(request) ? file.gzipped : undefined;
    const body = gzipped ?? file.body;
    response.writeHead(200, {
      ...securityHeaders,
      'Content-Type': file.type,
      'Content-Length': body.length,
      ...(gzipped && { 'Content-Encoding': 'gzip' }),
      Vary: 'Accept-Encoding',
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

/** Whether a client takes gzip, as RFC 9110 (12.5.3) has it: named, or any, and not with a weight of nothing. */
function acceptsGzip({ headers }: IncomingMessage): boolean {
  const weights = new Map(
    String(headers['accept-encoding'] ?? '')
      .toLowerCase()
      .split(',')
      .map(each => each.split(';').map(part => part.trim()) as [string, string?])
      .map(([name, weight]) => [name, Number(weight?.replace(/^q=/, '') ?? 1)]),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}

function checkMethod({ method }: IncomingMessage): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return { status: 405, reason: 'This server only reads: GET and HEAD.', headers: { Allow: 'GET, HEAD' } };
}

function refuse(response: ServerResponse, { status, reason, headers }: Refusal): void {
  response.writeHead(status, {
    ...securityHeaders,
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(`${reason}\n`);
}
