import { EventEmitter } from 'node:events';
import { concat, from, NEVER } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { broadcast } from '../../src/live/broadcast.js';
import { defaultLimits } from '../../src/live/limits.js';
import { noRight } from '../../src/live/right-to-control.js';
import { madeUpStudy } from './made-up-study.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A socket whose other end reads everything and hangs up politely, or does neither. */
function fakeSocket(reads: boolean) {
  const calls: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send(text: string, sent: (error?: Error) => void) {
      calls.push((JSON.parse(text) as { type: string }).type);
      if (reads) queueMicrotask(sent);
      else socket.bufferedAmount += text.length;
    },
    ping() {},
    close() {
      calls.push('close');
      socket.readyState = 2;
      if (reads) queueMicrotask(() => socket.emit('close'));
    },
    terminate() {
      calls.push('terminate');
      socket.emit('close');
    },
  });
  return { calls, socket, asWebSocket: socket as unknown as WebSocket };
}

describe('a broadcast that closes', () => {
  const open = (...sockets: ReturnType<typeof fakeSocket>[]) => {
    const events$ = concat(from(madeUpStudy({ trials: 2, epochs: 2 })), NEVER);
    const clients = broadcast(events$, defaultLimits, () => 0);
    for (const { socket, asWebSocket } of sockets) {
      clients.add(asWebSocket, noRight('this server only reads'));
      socket.emit('message', '{"type":"resume","study":null,"lastSeq":-1}', false);
    }
    return clients;
  };

  test('waits for clients that never read no longer than `closeWithin` in all, and not for the others', async () => {
    const [deaf, good] = [fakeSocket(false), fakeSocket(true)];
    const clients = open(deaf, good);
    let closed = false;
    const closing = clients.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(good.calls).toEqual(['hello', 'events', 'close']);
    expect(clients.clients()).toBe(1);
    await vi.advanceTimersByTimeAsync(defaultLimits.closeWithin - 11);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(closed).toBe(true);
    expect(deaf.calls.at(-1)).toBe('terminate');
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2); // Those that a client is given to say `resume`.
    await closing;
  });

  test('cuts off within the same time a client that has read everything and does not hang up', async () => {
    const mute = fakeSocket(true);
    mute.socket.close = () => {
      mute.calls.push('close');
      mute.socket.readyState = 2;
    };
    const clients = open(mute);
    let closed = false;
    void clients.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(defaultLimits.closeWithin);
    expect(closed).toBe(true);
    expect(mute.calls.at(-1)).toBe('terminate');
  });
});

describe('a client that commands', () => {
  const told = '{"type":"command","id":0,"command":{"type":"pause"}}';

  test('and does not read the answers is given up before they fill the memory', () => {
    const [deaf, good] = [fakeSocket(false), fakeSocket(true)];
    const clients = broadcast(NEVER, defaultLimits, () => 0);
    for (const { asWebSocket } of [deaf, good]) clients.add(asWebSocket, noRight('this server only reads'));
    for (let i = 0; i < 5000; i++) deaf.socket.emit('message', told, false);
    expect(deaf.calls).toEqual([...Array.from({ length: 1024 }, () => 'answer'), 'close']);
    expect(good.calls).toEqual([]);
  });

  test('and never asks for events is not taken for one that is silent', async () => {
    const [commands, silent] = [fakeSocket(true), fakeSocket(true)];
    const clients = broadcast(NEVER, defaultLimits, () => 0);
    for (const { asWebSocket } of [commands, silent]) clients.add(asWebSocket, noRight('this server only reads'));
    commands.socket.emit('message', told, false);
    await vi.advanceTimersByTimeAsync(defaultLimits.resumeWithin + 1);
    expect([commands.calls, silent.calls]).toEqual([['answer'], ['close']]);
  });
});
