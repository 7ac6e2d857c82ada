import type { KernelCode } from '../../kernels/simd/kernels.js';
import type { Weights } from '../../nn/network.js';
import type { Report } from '../../train/report.js';
import type { ErrorOnWire } from './error-on-wire.js';
import type { StartOptions } from './start-thread.js';

// What the tuner's thread and a worker thread say to each other. One trial runs in a worker at a time. A worker that has reported
// keeps still, its weights those of the report, until it is answered; so what rules do with the weights happens in between,
// as in one thread. Where nobody asks for weights the training goes on (`ahead`), and keeps still with its next report only. Messages arrive in order; whoever posts one to a worker then raises `mail`, which the worker looks at between
// any two batches.

/** What a thread may use, in MB, as in `node:worker_threads`: stated here so that the package's types need none of Node.js. */
export interface ResourceLimits {
  readonly maxYoungGenerationSizeMb?: number;
  readonly maxOldGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** What the tuner's thread says. */
export type ToWorker =
  /** What it is for, once, before all else: the simd device's kernels, compiled, as each thread would else do so again, and what its entry file needs. */
  | { readonly type: 'begin'; readonly kernels: KernelCode | undefined; readonly data: unknown }
  /** Run a trial. `keep`: values to remember by number; `forget`: those not needed any more; `uses`: those that the trial needs. */
  | {
      readonly type: 'run';
      readonly task: unknown;
      readonly ahead: boolean;
      readonly keep: readonly (readonly [number, unknown])[];
      readonly forget: readonly number[];
      readonly uses: readonly number[];
    }
  /** End the training; `freed` is the answer. */
  | { readonly type: 'cancel' }
  | { readonly type: 'snapshot'; readonly snapshot: number }
  | { readonly type: 'restore'; readonly snapshot: number }
  | { readonly type: 'dispose'; readonly snapshot: number }
  | { readonly type: 'read'; readonly read: number }
  /** Keep the training waiting after the answer, until `release`. */
  | { readonly type: 'hold' }
  | { readonly type: 'release' };

/** What a worker says. */
export type FromWorker =
  /** Has started: from now on it gives signs of life. */
  | { readonly type: 'ready' }
  /** Waits for an answer, at once or, ahead, before the next; `hasModel`: its weights can be asked for meanwhile. */
  | { readonly type: 'report'; readonly report: Report; readonly hasModel: boolean }
  /** The training has come to its own end, and nothing is freed yet. Waits for an answer. */
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly error: ErrorOnWire }
  /** All that the trial had open is freed, or could not be; the next may come. */
  | { readonly type: 'freed'; readonly leak?: ErrorOnWire | undefined }
  | { readonly type: 'weights'; readonly read: number; readonly weights: Weights }
  | { readonly type: 'unread'; readonly read: number; readonly error: ErrorOnWire };

/** Places in the shared words of a worker, its `workerData`. */
export const Word = {
  /** 1 when a message was posted to the worker that it may not have heard. */
  mail: 0,
  /** 1 when what the worker waits for is answered. */
  answered: 1,
  /** Grows as long as the worker is alive. */
  beat: 2,
  /** Microseconds that the worker has waited for answers, all together; begins anew after 2³². */
  waited: 3,
} as const;

/** How worker threads are started and watched. */
export interface ThreadOptions extends StartOptions {
  /** Handed to every worker at its start; typed arrays on shared memory are shared. */
  readonly data: unknown;
  /** The compiled kernels, if the trials may need them. */
  readonly kernels: KernelCode | undefined;
  /** Seconds without a sign of life after which a worker is ended. */
  readonly timeout: number;
}
