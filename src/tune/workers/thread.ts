import { InputError } from '../../errors.js';
import type { Snapshot, Weights } from '../../nn/network.js';
import type { Report } from '../../train/report.js';
import { fromWire } from './error-on-wire.js';
import { type FromWorker, type ThreadOptions, type ToWorker, Word } from './protocol.js';
import { type RemoteNetwork, remoteModel } from './remote-model.js';
import { type StartedThread, startThread, type Utilization } from './start-thread.js';
import { type Heart, watchHeart } from './watch-heart.js';

/** Seconds without a sign of life that a worker is left to free a training that nobody wants any more. */
const GRACE = 2;

/** How many of the values that tasks use a worker remembers. */
const KEPT = 8;

/** One trial for a worker. */
export interface Job {
  readonly task: unknown;
  /** The number of the trial, for people. */
  readonly trial?: number | undefined;
  /** Whether the training goes on while a report of it is heard. */
  readonly ahead: boolean;
  /** Values that many tasks use: each is sent to a worker once, and known by its identity. */
  readonly uses: readonly object[];
  next(report: Report): void;
  error(error: unknown): void;
  complete(): void;
  /** All that the trial had open is freed, or the thread is gone with it. */
  freed(leak?: unknown): void;
}

/** A worker thread: it runs one job at a time. */
export interface Thread {
  /** No job runs, and one can: it is not about to end. */
  readonly idle: boolean;
  readonly alive: boolean;
  /** How busy it was since the last time this was asked. */
  load(): WorkerLoad;
  run(job: Job): void;
  /** Ends the training of a job, which is then freed within a batch; does nothing if that is not the one that runs. */
  cancel(job: Job): void;
  /** Ends the thread; its job fails. Resolves when it has ended. */
  close(): Promise<void>;
}

/** How busy a worker thread was for a while, and the trial that it computes. */
export interface WorkerLoad {
  /**
   * The share of the time that it computed, from 0 to 1: that its event loop was not idle, less what it waited for the tuner to hear
   * reports. Of a machine with fewer cores than threads this is more than the processor's time: waiting for a core is not seen.
   */
  readonly busy: number;
  readonly trial?: number | undefined;
}

/** The job of a thread. */
interface Running {
  readonly job: Job;
  readonly network: RemoteNetwork;
  /** Nothing that comes from its training matters any more. */
  ended: boolean;
  cancelled: boolean;
  freed: boolean;
}

/** Ends a job, once. */
function ends(running: Running): boolean {
  const first = !running.ended;
  running.ended = true;
  return first;
}

/**
 * Starts a worker thread, or takes one that was started so before; `changed` is called whenever it has become idle, or is gone.
 * Without a trial it does not keep the process alive.
 */
export function openThread(options: ThreadOptions, changed: () => void, started?: StartedThread): Thread {
  const { data, kernels, timeout } = options;
  const { worker, words } = started?.ended === false ? started : startThread(options);
  const kept = new Map<object, number>();
  const reads = new Map<number, { resolve(weights: Weights): void; reject(error: unknown): void }>();
  let numbers = 0;
  let alive = true;
  let ready = false;
  let looked: Utilization | undefined;
  let waited = 0;
  let cause: string | undefined;
  let current: Running | undefined;
  let heart: Heart | undefined;

  const post = (message: ToWorker) => {
    worker.postMessage(message);
    Atomics.store(words, Word.mail, 1);
  };
  const answer = () => {
    Atomics.store(words, Word.answered, 1);
    Atomics.notify(words, Word.answered);
  };
  const watch = (seconds: number) => {
    heart?.stop();
    heart = watchHeart(words, seconds, () => {
      cause = `the worker thread of this trial gave no sign of life for ${seconds} s and was ended; "workerTimeout" sets how long it is waited for`;
      void worker.terminate();
    });
  };
  const network = (freed: () => boolean): RemoteNetwork => ({
    post,
    freed,
    nextNumber: () => numbers++,
    snapshots: new WeakMap<Snapshot, number>(),
    read: () =>
      new Promise((resolve, reject) => {
        const read = numbers++;
        reads.set(read, { resolve, reject });
        post({ type: 'read', read });
      }),
  });
  /** Numbers for what a job uses, and what of it is not over there yet; the oldest that nobody uses now are forgotten. */
  const handOver = (uses: readonly object[]) => {
    const keep: [number, object][] = [];
    const forget: number[] = [];
    for (const value of uses) {
      const number = kept.get(value) ?? numbers++;
      if (!kept.delete(value)) keep.push([number, value]);
      kept.set(value, number);
    }
    for (const [value, number] of kept) {
      if (kept.size <= Math.max(KEPT, uses.length)) break;
      kept.delete(value);
      forget.push(number);
    }
    return { keep, forget, uses: uses.map(value => kept.get(value) as number) };
  };
  const finish = (leak?: unknown) => {
    const finished = current;
    current = undefined;
    heart?.stop();
    if (finished === undefined) return;
    worker.unref();
    finished.freed = true;
    finished.job.freed(leak);
  };
  const hear = (message: FromWorker) => {
    if (message.type === 'ready') {
      ready = true;
      if (current?.cancelled === false) watch(timeout);
      return;
    }
    if (message.type === 'weights' || message.type === 'unread') {
      const reading = reads.get(message.read);
      reads.delete(message.read);
      if (message.type === 'weights') reading?.resolve(message.weights);
      else reading?.reject(fromWire(message.error));
      return;
    }
    if (current === undefined) return;
    const { job } = current;
    switch (message.type) {
      case 'report': {
        if (current.ended) return answer();
        const delivery = message.hasModel ? remoteModel(current.network) : undefined;
        try {
          job.next(delivery === undefined ? message.report : { ...message.report, model: delivery.model });
        } finally {
          if (delivery?.end() === true) post({ type: 'hold' });
          answer();
        }
        return;
      }
      case 'completed':
        try {
          if (ends(current)) job.complete();
        } finally {
          answer();
        }
        return;
      case 'failed':
        if (ends(current)) job.error(fromWire(message.error));
        return;
      case 'freed':
        finish(message.leak && fromWire(message.leak));
        changed();
    }
  };
  const gone = (code: number) => {
    let leak: Error | undefined;
    alive = false;
    const error = new Error(
      cause ?? `the worker thread of this trial was ended by its own code: process.exit(${code})`,
    );
    for (const { reject } of reads.values()) reject(error);
    reads.clear();
    if (current !== undefined) {
      if (ends(current)) current.job.error(error);
      else if (!current.cancelled) leak = error;
    }
    // A training that nobody wanted any more is freed by the end of its thread.
    finish(leak);
    changed();
  };

  try {
    post({ type: 'begin', kernels, data });
  } catch (error) {
    void worker.terminate();
    throw error;
  }
  // A user's module can post here too.
  worker.on('message', message => message != null && hear(message as FromWorker));
  worker.on('messageerror', error => crash(error));
  worker.on('error', error => crash(error));
  worker.on('exit', gone);
  const crash = (error: unknown) => {
    const thrown: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
    const { name, message, code } = thrown;
    cause ??=
      code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? 'the worker thread of this trial ran out of memory'
        : `the worker thread of this trial crashed: ${name}: ${message}`;
    void worker.terminate();
  };

  return {
    get idle() {
      return alive && cause === undefined && current === undefined;
    },
    get alive() {
      return alive;
    },
    load() {
      const now = worker.performance.eventLoopUtilization();
      const { active, idle } = looked === undefined ? now : worker.performance.eventLoopUtilization(now, looked);
      looked = now;
      // The event loop of a thread that is blocked is not idle.
      const waits = Atomics.load(words, Word.waited);
      const computed = active - ((waits - waited) >>> 0) / 1000;
      waited = waits;
      const trial = current?.job.trial;
      const busy = alive && active + idle > 0 ? Math.max(0, computed / (active + idle)) : 0;
      return { busy, ...(trial !== undefined && { trial }) };
    },
    run(job) {
      const own: Running = { job, ended: false, cancelled: false, freed: false, network: network(() => own.freed) };
      current = own;
      worker.ref();
      // Threads that start are no sign of life: many of them take their time.
      if (ready) watch(timeout);
      try {
        post({ type: 'run', task: job.task, ahead: job.ahead, ...handOver(job.uses) });
      } catch (error) {
        own.ended = true;
        job.error(
          error instanceof DOMException
            ? new InputError(`hyperparameters must be plain data to reach a worker thread: ${error.message}`)
            : error,
        );
        finish();
      }
    },
    cancel(job) {
      if (current?.job !== job || !ends(current)) return;
      current.cancelled = true;
      watch(Math.min(timeout, GRACE));
      post({ type: 'cancel' });
    },
    async close() {
      cause ??= 'the worker threads were closed while this trial was running';
      await worker.terminate();
    },
  };
}
