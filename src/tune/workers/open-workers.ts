import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Observable } from 'rxjs';
import { InputError } from '../../errors.js';
import { kernelCode } from '../../kernels/simd/kernels.js';
import type { Report } from '../../train/report.js';
import type { Checkpointed } from '../checkpoint-task.js';
import type { ObjectiveResult } from '../objective-result.js';
import type { TrialContext } from '../tune.js';
import { entryFile } from './entry-file.js';
import { inSharedMemory } from './in-shared-memory.js';
import { openPool, type Waiting } from './pool.js';
import type { ResourceLimits } from './protocol.js';
import type { WorkerLoad } from './thread.js';

/** Seconds that a worker may give no sign of life unless stated. */
export const WORKER_TIMEOUT = 60;

/** What the module of `openWorkers` exports by default: it is called in a worker thread, once a trial. */
export type WorkerObjective<HParams, Shared = undefined> = (
  hparams: HParams,
  context: TrialContext & Checkpointed & { readonly shared: Shared },
) => ObjectiveResult;

/** Options of `openWorkers`. */
export interface WorkersOptions {
  /** A JavaScript module whose default export is the objective (`WorkerObjective`): a path, or `new URL('./objective.mjs', import.meta.url)`. */
  readonly module: URL | string;
  /** How many threads; one per core. */
  readonly workers?: number | undefined;
  /** Seconds without a sign of life (a batch, a turn of the event loop once the module has loaded) after which a worker is ended and its trial fails; 60. An objective that waits is alive, however long. */
  readonly workerTimeout?: number | undefined;
  /**
   * Whether a worker goes on computing while its report is heard, where no rule of the trial asks for weights: the reports then have no
   * `model`, and a decision reaches the worker between two batches of the next epoch. False, so that one's own operators on `objective`'s
   * reports may use the model.
   */
  readonly ahead?: boolean | undefined;
  /** Plain data that every trial needs: `context.shared` in the module. Its typed arrays are put into shared memory once, never copied again. */
  readonly shared?: unknown;
  /** What a thread may use, as in `node:worker_threads`, 1024 MB of heap unless stated; one that needs more loses its trial. */
  readonly resourceLimits?: ResourceLimits | undefined;
}

/** Worker threads that run trials. */
export interface Workers {
  /** How many threads there are at most: no use in more trials at a time (`parallel`). */
  readonly size: number;
  /** For `tune({ objective })`: the trial's training runs in a free worker; its reports, with the model behind them, come from there. */
  readonly objective: (hparams: unknown, context: TrialContext & Checkpointed & Waiting) => Observable<Report>;
  /** So many threads from now on, for `tune({ resize })`; surplus ones end when they are idle. */
  resize(workers: number): void;
  /** How busy each thread was since the last time this was asked, for `serveLive({ workers })`. */
  load(): readonly WorkerLoad[];
  /** Ends the threads; resolves when they are gone. Idle ones do not keep the process alive. */
  close(): Promise<void>;
}

/**
 * Starts worker threads whose trials run a module's objective; the sampler, the rules and the events stay with `tune`. A closure cannot
 * go to another thread, hence the module: it imports what it needs, and is handed the hyperparameters and `shared`, as copies. A worker
 * that crashes, hangs or runs out of memory fails one trial and is replaced.
 *
 * @throws InputError for options that are wrong, a module that is not there, and `shared` that cannot be sent.
 * @example
 * const workers = openWorkers({ module: new URL('./objective.mjs', import.meta.url), shared: { data } });
 * tune({ space, objective: workers.objective, parallel: workers.size, minimize: 'valLoss', trials: 50 })
 */
export function openWorkers(options: WorkersOptions): Workers {
  const {
    workers = availableParallelism(),
    workerTimeout = WORKER_TIMEOUT,
    ahead = false,
    shared,
    resourceLimits,
  } = options;
  let size = threadsFrom(workers, 'openWorkers');
  if (!(workerTimeout >= 1 && Number.isFinite(workerTimeout))) {
    throw new InputError(
      `openWorkers: expected \`workerTimeout\` to be seconds from 1 up, got ${String(workerTimeout)}`,
    );
  }
  const data = { module: moduleOf(options.module).href, shared: inSharedMemory(shared) };
  const entry = entryFile(import.meta.url, './objective-worker.js');
  const pool = attempt(() =>
    openPool({ entry, data, kernels: simdKernels(), timeout: workerTimeout, resourceLimits, size }),
  );
  return {
    get size() {
      return size;
    },
    resize(wanted) {
      size = threadsFrom(wanted, 'resize');
      pool.resize(size);
    },
    load: pool.load,
    objective: (hparams, context) => {
      const { trial, seed, hparams: point, checkpoint } = context;
      const waiting = { ...context, ahead: ahead && context.ahead };
      return pool.run({ hparams, context: { trial, seed, hparams: point, checkpoint } }, [], waiting);
    },
    close: pool.close,
  };
}

function threadsFrom(workers: number, where: string): number {
  if (Number.isSafeInteger(workers) && workers >= 1) return workers;
  throw new InputError(`${where}: expected \`workers\` to be a whole number from 1 up, got ${String(workers)}`);
}

function moduleOf(module: URL | string): URL {
  if (typeof module !== 'string' && !(module instanceof URL)) {
    throw new InputError(`openWorkers: expected \`module\` to be a path or a URL, got ${String(module)}`);
  }
  const isUrl = module instanceof URL || /^[a-z][a-z+.-]+:/i.test(String(module));
  const url = isUrl ? new URL(module) : pathToFileURL(resolve(module));
  if (url.protocol === 'file:' && statSync(url, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new InputError(`openWorkers: expected \`module\` to be a JavaScript file, and there is none at ${url.href}`);
  }
  return url;
}

/** Of the device that networks have for which none was asked. */
function simdKernels() {
  try {
    return kernelCode();
  } catch {
    return undefined;
  }
}

function attempt<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new InputError(
      `openWorkers: expected \`shared\` to be plain data, which threads can be sent: ${error.message}`,
    );
  }
}
