import { availableParallelism } from 'node:os';
import type { Observable } from 'rxjs';
import type { Device, DeviceName } from '../kernels/device.js';
import { openDevice } from '../kernels/open-device.js';
import { kernelCode } from '../kernels/simd/kernels.js';
import type { Report } from '../train/report.js';
import type { CheckpointTask } from '../tune/checkpoint-task.js';
import { entryFile } from '../tune/workers/entry-file.js';
import { WORKER_TIMEOUT } from '../tune/workers/open-workers.js';
import { openPool, type Waiting } from '../tune/workers/pool.js';
import type { StartedThread } from '../tune/workers/start-thread.js';
import type { WorkerLoad } from '../tune/workers/thread.js';
import type { CustomModules } from './custom-modules.js';
import type { DataFiles } from './open-data.js';
import { runTrial } from './open-training.js';
import type { SearchTask, SearchWorkerData } from './search-worker.js';
import type { TrainingFile } from './training-schema.js';

/** Trials at a time on a GPU, which computes for all: enough for rules that compare trials, and soon a first result. */
const ON_ONE_GPU = 4;

const GPUS: readonly DeviceName[] = ['webgpu', 'webgl2'];

/** What a workplace is opened for. */
export interface WorkplaceOptions {
  /** The search file. */
  readonly file: string;
  readonly device: DeviceName | 'auto' | undefined;
  readonly parallel: number | 'auto';
  /** Trials that are open at a time where they are heard in turns. */
  readonly lanes?: number | undefined;
  /** The most trials that there will be, if that is known. */
  readonly trials: number | undefined;
  /** Seconds. */
  readonly workerTimeout: number | undefined;
  /** Whether trials may run in worker threads. */
  readonly threads: boolean;
  /** Threads that were started for them before. */
  readonly started?: readonly StartedThread[] | undefined;
}

/** Where the trials of a search file run. */
export interface SearchWorkplace {
  readonly device: Device;
  /** Trials at a time. */
  readonly parallel: number;
  /** One trial: a new network is trained, or one for every fold, and freed when the trial ends; stored, and gone on with, as `checkpoint` says. */
  run(
    training: TrainingFile,
    files: DataFiles,
    custom: CustomModules,
    waiting: Waiting,
    checkpoint?: CheckpointTask,
  ): Observable<Report>;
  /** Somebody wants another number of trials at a time. */
  resize(parallel: number): void;
  /** How busy the worker threads were since the last time this was asked; none without such threads. */
  readonly load?: (() => readonly WorkerLoad[]) | undefined;
  /** Ends the threads and frees the device. */
  close(): Promise<void>;
}

/**
 * Opens the device, and on a CPU as many worker threads as there will be trials at a time, by default one per core: the main thread is then
 * free for reports and rules. A GPU serves all trials from this thread, in turns.
 */
export async function openSearchWorkplace(options: WorkplaceOptions): Promise<SearchWorkplace> {
  const { file, trials = Number.POSITIVE_INFINITY, workerTimeout = WORKER_TIMEOUT } = options;
  // It only says which it is when trials run elsewhere.
  const device = await openDevice(options.device, options.threads ? { threads: 1 } : {});
  const onGpu = GPUS.includes(device.name);
  const parallel = options.parallel === 'auto' ? (onGpu ? ON_ONE_GPU : availableParallelism()) : options.parallel;
  if (onGpu || !options.threads) {
    for (const { worker } of options.started ?? []) void worker.terminate();
    return {
      device,
      parallel,
      run: (training, files, custom, _waiting, checkpoint) =>
        runTrial(training, files.prepare(training.data), { device, custom }, { checkpoint }),
      resize() {},
      close: async () => device.close(),
    };
  }
  const data: SearchWorkerData = { file, device: device.name };
  const pool = openPool({
    entry: entryFile(import.meta.url, './search-worker.js'),
    data,
    kernels: device.name === 'simd' ? kernelCode() : undefined,
    timeout: workerTimeout,
    toStderr: true,
    // Trials that are heard in turns are all open, each in a thread, though no more than `parallel` compute.
    size: options.lanes ?? parallel,
    first: trials,
    started: options.started,
  });
  return {
    device,
    parallel,
    run(training, files, _custom, waiting, checkpoint) {
      const task: SearchTask = { training, checkpoint };
      return pool.run(task, [files.forThreads(training.data)], waiting);
    },
    resize(wanted) {
      if (options.lanes === undefined) pool.resize(wanted);
    },
    load: pool.load,
    async close() {
      await pool.close();
      device.close();
    },
  };
}
