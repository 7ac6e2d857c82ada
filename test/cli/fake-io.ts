import { EventEmitter } from 'node:events';
import type { Io } from '../../src/cli/io.js';

/** A process for a command in a test: what it writes, signals that can be sent, a clock that stands still until it is moved. */
export function fakeIo(terminal: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const output = () => {
    const written: string[] = [];
    const events = new EventEmitter();
    return {
      ...terminal,
      written,
      text: () => written.join(''),
      write: (text: string, done?: () => void) => {
        written.push(text);
        done?.();
        return true;
      },
      on: (event: string, listener: (error: Error) => void) => events.on(event, listener),
      off: (event: string, listener: (error: Error) => void) => events.off(event, listener),
    };
  };
  const [stdout, stderr, signals] = [output(), output(), new EventEmitter()];
  const exits: number[] = [];
  let now = 0;
  const io: Io = {
    stdout,
    stderr,
    signals,
    env: {},
    clock: () => now,
    exit: code => void exits.push(code),
    atExit: () => () => {},
    whenUnread: listener => {
      signals.on('unread', listener);
      return () => void signals.off('unread', listener);
    },
  };
  return {
    io,
    stdout,
    stderr,
    signals,
    exits,
    wait: (ms: number) => {
      now += ms;
    },
  };
}
