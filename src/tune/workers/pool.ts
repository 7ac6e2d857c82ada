import { availableParallelism } from 'node:os';
import { Observable } from 'rxjs';
import type { Report } from '../../train/report.js';
import type { ThreadOptions } from './protocol.js';
import type { StartedThread } from './start-thread.js';
import { type Job, openThread, type Thread, type WorkerLoad } from './thread.js';

/** Options of `openPool`. */
export interface PoolOptions extends ThreadOptions {
  /** How many threads at most. */
  readonly size: number;
  /** How many of them are started at once, because it is known that there will be trials for them, but no more than there are cores; all unless stated. */
  readonly first?: number | undefined;
  /** Threads that were started for this before; what is too many of them is ended. */
  readonly started?: readonly StartedThread[] | undefined;
}

/** What a trial may wait for: `ObjectiveContext` has it. */
export interface Waiting {
  /** Its number, for people. */
  readonly trial?: number | undefined;
  waitFor?(teardown: PromiseLike<unknown>): void;
  /** Whether its training goes on while a report of it is heard, which then has no model; false. */
  readonly ahead?: boolean | undefined;
}

/** Threads that run trials. */
export interface Pool {
  /**
   * The training of a task as a cold stream: it starts when a thread is free. Unsubscribing reaches the thread within a batch;
   * `waitFor` is given a promise for when it has freed all.
   */
  run(task: unknown, uses: readonly object[], waiting?: Waiting): Observable<Report>;
  /** So many threads from now on: more are started when trials need them, surplus ones end when they are idle. */
  resize(size: number): void;
  /** How busy each thread was since the last time this was asked. */
  load(): readonly WorkerLoad[];
  /** Ends all threads, and the trials that run with an error; resolves when they are gone. */
  close(): Promise<void>;
}

/**
 * Starts threads, which load their entry file at once and are used for one trial after another: one for each core, and more, up to `size`,
 * when as many trials are to run. A thread that crashes, hangs or runs out of memory loses the trial that it runs, which says why; it is
 * replaced when the next trial needs it.
 */
export function openPool({ size: wanted, first = wanted, started = [], ...options }: PoolOptions): Pool {
  const queue: Job[] = [];
  const leaving = new Set<Promise<void>>();
  let size = wanted;
  let closed = false;
  const assign = () => {
    letSurplusGo();
    while (queue.length > 0 && !closed) {
      const thread = threads.find(({ idle }) => idle) ?? replaced() ?? added();
      if (thread === undefined) return;
      thread.run(queue.shift() as Job);
    }
  };
  const replaced = (): Thread | undefined => {
    const index = threads.findIndex(({ alive }) => !alive);
    if (index < 0) return undefined;
    const thread = openThread(options, assign);
    threads[index] = thread;
    return thread;
  };
  const added = (): Thread | undefined => {
    if (threads.length >= size) return undefined;
    const thread = openThread(options, assign);
    threads.push(thread);
    return thread;
  };
  /** Those that run a trial stay until it has ended. */
  const letSurplusGo = () => {
    while (threads.length > size && !closed) {
      const index = threads.findLastIndex(({ idle, alive }) => idle || !alive);
      if (index < 0) return;
      const [thread] = threads.splice(index, 1) as [Thread];
      const gone = thread.close().finally(() => leaving.delete(gone));
      leaving.add(gone);
    }
  };
  // They load while the first trials are being prepared.
  const threads = Array.from({ length: Math.min(size, first, availableParallelism()) }, (_, i) =>
    openThread(options, assign, started[i]),
  );
  for (const { worker } of started.slice(threads.length)) void worker.terminate();

  return {
    run: (task, uses, waiting) =>
      new Observable<Report>(subscriber => {
        let settle: Job['freed'] = () => {};
        const freed = new Promise<void>((resolve, reject) => {
          settle = leak => (leak === undefined ? resolve() : reject(leak));
        });
        waiting?.waitFor?.(freed);
        // Who does not wait does not hear of it either.
        freed.catch(() => {});
        const job: Job = {
          task,
          trial: waiting?.trial,
          ahead: waiting?.ahead === true,
          uses,
          next: report => subscriber.next(report),
          error: error => subscriber.error(error),
          complete: () => subscriber.complete(),
          freed: settle,
        };
        if (closed) {
          subscriber.error(new Error('the worker threads are closed'));
          return job.freed();
        }
        queue.push(job);
        assign();
        return () => {
          const place = queue.indexOf(job);
          if (place < 0) {
            for (const thread of threads) thread.cancel(job);
          } else {
            queue.splice(place, 1);
            job.freed();
          }
        };
      }),
    load: () => threads.map(thread => thread.load()),
    resize(wanted) {
      size = wanted;
      assign();
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) {
        job.error(new Error('the worker threads are closed'));
        job.freed();
      }
      await Promise.all([...leaving, ...threads.map(thread => thread.close())]);
    },
  };
}
