import { WebSocket } from 'ws';
import {
  type Answer,
  controlProtocol,
  type Hello,
  protocolName,
  type Resume,
  type ServerMessage,
  tokenProtocol,
} from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';

/** A program that reads a study, with all that it was told. */
export interface Reader {
  readonly socket: WebSocket;
  readonly messages: readonly ServerMessage[];
  events(): StudyEvent[];
  hellos(): Hello[];
  say(text: string): void;
  /** Says a command, or what looks like one, and resolves with the answer. */
  command(command: unknown): Promise<Answer>;
  resume(position: Omit<Resume, 'type'>): void;
  /** Resolves once the condition holds; rejects when the connection ends before. */
  until(condition: () => boolean): Promise<void>;
  /** The close code, once closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects with the token, and with that of the right to control if one is given; says nothing yet. */
export async function reader(
  server: { readonly port: number; readonly token: string },
  { control, origin }: { readonly control?: string | undefined; readonly origin?: string } = {},
): Promise<Reader> {
  const protocols = [protocolName, tokenProtocol(server.token), ...(control ? [controlProtocol(control)] : [])];
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, protocols, { ...(origin && { origin }) });
  let ids = 0;
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
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (condition()) resolve();
        else if (socket.readyState !== WebSocket.OPEN) reject(new Error('the connection ended'));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return {
    socket,
    messages,
    closed,
    until,
    async command(command) {
      const id = ids++;
      socket.send(JSON.stringify({ type: 'command', id, command }));
      const find = () => messages.find(message => message.type === 'answer' && message.id === id);
      await until(() => find() !== undefined);
      return find() as Answer;
    },
    events: () => messages.flatMap(message => (message.type === 'events' ? message.events : [])),
    hellos: () => messages.filter(message => message.type === 'hello'),
    say: text => socket.send(text),
    resume: position => socket.send(JSON.stringify({ type: 'resume', ...position })),
  };
}
