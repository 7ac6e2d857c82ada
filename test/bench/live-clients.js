// The process with the clients, so that what they cost is not the server's.
import { WebSocket } from 'ws';
import { serve } from './child.js';

serve(async () => {
  /** @type {{ socket: WebSocket, bytes: number }[]} */
  let clients = [];
  return {
    /** Connects so many clients as pages are, the last of which never read. */
    async connect({ port, token, count, deaf }) {
      clients = Array.from({ length: count }, () => ({
        socket: new WebSocket(`ws://127.0.0.1:${port}/live`, ['rxnn.v1', `token.${token}`], {
          perMessageDeflate: false,
        }),
        bytes: 0,
      }));
      await Promise.all(
        clients.map(async (client, i) => {
          const { socket } = client;
          await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
          socket.on('message', data => {
            client.bytes += data.length;
          });
          socket.send(JSON.stringify({ type: 'resume', study: null, lastSeq: -1, as: 'state' }));
          if (i >= count - deaf) socket.pause();
        }),
      );
    },
    /** The bytes that each client has read, and how many are still connected. */
    counts: () => ({
      bytes: clients.map(({ bytes }) => bytes),
      open: clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length,
    }),
    disconnect() {
      for (const { socket } of clients) socket.terminate();
    },
  };
});
