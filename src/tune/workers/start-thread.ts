import { Worker } from 'node:worker_threads';
import { type ResourceLimits, Word } from './protocol.js';

/**
 * The heap of a worker, in which neither data nor networks are. V8 ends the whole process, not the thread, when some heaps of its own
 * limit, about 4 GB, are full.
 */
const LIMITS = { maxOldGenerationSizeMb: 1024 };

/** How a worker thread is started. */
export interface StartOptions {
  /** A JavaScript file that calls `serveTrials`. */
  readonly entry: URL;
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Whether what users' modules print goes to stderr; they may print to stdout otherwise. */
  readonly toStderr?: boolean | undefined;
}

/** What is asked of a `Worker` of `node:worker_threads`, stated so that the package's types need none of Node.js. */
export interface WorkerThread {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'messageerror' | 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
  readonly performance: { eventLoopUtilization(since?: Utilization, before?: Utilization): Utilization };
}

/** How long an event loop had something to do and had not, in ms. */
export interface Utilization {
  readonly idle: number;
  readonly active: number;
  readonly utilization: number;
}

/** A worker thread that loads its entry file and waits to be told what for. */
export interface StartedThread {
  readonly worker: WorkerThread;
  readonly words: Int32Array;
  /** Whether it has ended already. */
  readonly ended: boolean;
}

/** Starts a worker thread. It does not keep the process alive. */
export function startThread({ entry, resourceLimits, toStderr = false }: StartOptions): StartedThread {
  const words = new Int32Array(new SharedArrayBuffer(Object.keys(Word).length * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(entry, {
    workerData: words,
    stdout: toStderr,
    resourceLimits: { ...LIMITS, ...resourceLimits },
  });
  if (toStderr) worker.stdout.on('data', text => process.stderr.write(text));
  worker.unref();
  let ended = false;
  // Nobody may be listening yet.
  worker.on('error', () => {
    ended = true;
  });
  worker.on('exit', () => {
    ended = true;
  });
  return {
    worker,
    words,
    get ended() {
      return ended;
    },
  };
}
