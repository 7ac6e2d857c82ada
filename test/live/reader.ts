import { WebSocket } from 'ws';
import { type Hello, protocolName, type Resume, type ServerMessage, tokenProtocol } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';

/** A program that reads a study, with all that it was told. */
export interface Reader {
  readonly socket: WebSocket;
  readonly messages: readonly ServerMessage[];
  events(): StudyEvent[];
  hellos(): Hello[];
  say(text: string): void;
  resume(position: Omit<Resume, 'type'>): void;
  /** Resolves once the condition holds; rejects when the connection ends before. */
  until(condition: () => boolean): Promise<void>;
  /** The close code, once closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects with the token; says nothing yet. */
export async function reader(server: { readonly port: number; readonly token: string }): Promise<Reader> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, [protocolName, tokenProtocol(server.token)]);
  const messages: ServerMessage[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const look of waiting) look();
    });
  });
  socket.on('message', data => {
    messages.push(JSON.parse(data.toString()) as ServerMessage);
    for (const look of waiting) look();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  return {
    socket,
    messages,
    closed,
    events: () => messages.flatMap(message => (message.type === 'events' ? message.events : [])),
    hellos: () => messages.filter(message => message.type === 'hello'),
    say: text => socket.send(text),
    resume: position => socket.send(JSON.stringify({ type: 'resume', ...position })),
    until: condition =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (condition()) resolve();
          else if (socket.readyState !== WebSocket.OPEN) reject(new Error('the connection ended'));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}
