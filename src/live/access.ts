import type { IncomingMessage } from 'node:http';
import { controlProtocol, protocolName, socketPath, tokenProtocol } from './protocol.js';
import type { Refusal } from './refusal.js';
import { sameToken, type Tokens } from './token.js';

/** Who may talk to the server; each check answers with the refusal, or with nothing if all is well. */
export interface Access {
  /** The `Host` header must be one of this server's own names: a foreign name that points here is an attack (DNS rebinding). */
  host(request: IncomingMessage): Refusal | undefined;
  /** The token in `Authorization: Bearer <token>`. */
  bearer(request: IncomingMessage): Refusal | undefined;
  /**
   * Everything about an upgrade. `Origin` must be the very page that this server served; only a program that is no
   * browser sends none, and like everyone it needs the token.
   */
  upgrade(request: IncomingMessage): Refusal | undefined;
  /** Whether the upgrade offers the token of the right to control as well. */
  controls(request: IncomingMessage): boolean;
}

/** The rules of access to the server on `host` (a name or an address as in a URL) and `port`. */
export function access(host: string, port: number, ...accepted: readonly Tokens[]): Access {
  // Browsers leave out the port that is the protocol's own.
  const suffix = port === 80 ? '' : `:${port}`;
  const names = [...new Set([host, '127.0.0.1', 'localhost', '[::1]'])].map(name => `${name}${suffix}`);
  const stated = (request: IncomingMessage) => (request.headers.host ?? '').toLowerCase();

  const checkHost = (request: IncomingMessage): Refusal | undefined =>
    names.includes(stated(request))
      ? undefined
      : {
          status: 403,
          reason: `This server answers as ${names.join(' or ')} only; to reach it from elsewhere forward the same port: ssh -L ${port}:127.0.0.1:${port} <machine>`,
        };

  const wrongToken: Refusal = {
    status: 401,
    reason: 'The token is missing or wrong: open the address that the command printed, with all that follows its #.',
  };

  return {
    host: checkHost,
    bearer(request) {
      const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
      return given !== undefined && accepted.some(({ token }) => sameToken(given, token))
        ? undefined
        : { ...wrongToken, headers: { 'WWW-Authenticate': 'Bearer' } };
    },
    upgrade(request) {
      const refused = checkHost(request);
      if (refused !== undefined) return refused;
      const { origin } = request.headers;
      if (origin !== undefined && origin !== `http://${stated(request)}`) {
        return {
          status: 403,
          reason: 'Only the page that this server itself serves may connect; open its own address.',
        };
      }
      if (request.method !== 'GET' || studyPath(request.url) === undefined) {
        return { status: 404, reason: `The WebSocket is at ${socketPath}.` };
      }
      const offered = offeredBy(request);
      if (!offered.includes(protocolName)) {
        return {
          status: 400,
          reason: `This server speaks ${protocolName}: offer the subprotocols ${protocolName} and ${tokenProtocol('<token>')}.`,
        };
      }
      return accepted.some(({ token }) => carries(offered, tokenProtocol(''), token)) ? undefined : wrongToken;
    },
    controls: request =>
      accepted.some(
        ({ controlToken }) =>
          controlToken !== undefined && carries(offeredBy(request), controlProtocol(''), controlToken),
      ),
  };
}

/** Which study a WebSocket's address names, by its key: none, which means the first; undefined for an address of nothing. */
export function studyPath(url: string | undefined): { readonly key: string | undefined } | undefined {
  if (url === socketPath) return { key: undefined };
  const encoded = url?.startsWith(`${socketPath}/`) ? url.slice(socketPath.length + 1) : '';
  if (!/^[^/?#]{1,1024}$/.test(encoded)) return undefined;
  try {
    return { key: decodeURIComponent(encoded) };
  } catch {
    return undefined;
  }
}

/** The subprotocols of an upgrade. */
function offeredBy(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim());
}

function carries(offered: readonly string[], prefix: string, token: string): boolean {
  const given = offered.find(name => name.startsWith(prefix))?.slice(prefix.length);
  return given !== undefined && sameToken(given, token);
}
