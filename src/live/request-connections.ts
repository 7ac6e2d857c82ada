import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** The connections of a server over which requests come, as far as they have not become clients' sockets. */
export interface RequestConnections {
  /** It is a client's now, which has a limit of its own. */
  release(socket: Duplex): void;
}

/**
 * Keeps the connections of requests to so many: of more, the one is cut off that has waited the longest for its next request to
 * be whole, and if all are being answered, the oldest of these. So requests that are never whole keep nobody away, however many they are.
 */
export function requestConnections(server: Server, most: number): RequestConnections {
  // A set remembers the order in which its members came.
  const waiting = new Set<Duplex>();
  const answered = new Set<Duplex>();
  const release = (socket: Duplex) => {
    waiting.delete(socket);
    answered.delete(socket);
  };
  const cutOff = () => {
    const [oldest = [...answered][0]] = waiting;
    if (oldest === undefined) return;
    release(oldest);
    oldest.destroy();
  };
  server.on('connection', socket => {
    if (waiting.size + answered.size >= most) cutOff();
    waiting.add(socket);
    socket.once('close', () => release(socket));
  });
  server.on('request', ({ socket }, response) => {
    if (!waiting.delete(socket)) return;
    answered.add(socket);
    response.once('close', () => {
      if (answered.delete(socket) && !socket.destroyed) waiting.add(socket);
    });
  });
  return { release };
}
