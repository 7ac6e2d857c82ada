import type { Signals } from './interrupts.js';

/** One of the process's output streams. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: () => void): boolean;
  on(event: 'resize' | 'error', listener: (error: Error) => void): unknown;
  off(event: 'resize' | 'error', listener: (error: Error) => void): unknown;
}

/** What a command may touch of the world: its process, in short. Results go to `stdout`, progress to `stderr`. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: Signals;
  /** Milliseconds, for intervals. */
  clock(): number;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Calls the listener, instead of ending the process at once, when nobody reads the output any more; the returned function takes it back. */
  whenUnread(listener: () => void): () => void;
  /** Calls the listener when the process ends, however it does; the returned function takes it back. */
  atExit(listener: () => void): () => void;
}
