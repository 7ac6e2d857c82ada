import { builtin } from './builtin.js';
import type { KernelCode, Kernels } from './kernels.js';
import type { WasmMemory } from './web-assembly.js';

/** Where a thread keeps what is only its own; addresses. */
export interface Scratch {
  readonly registers: number;
  readonly pack: number;
}

/** Threads that take parts of large steps. */
export interface Threads {
  /** Ends them. */
  stop(): void;
}

/** How many threads can work at a time: the cores in Node.js's main thread; one in its workers and in browsers. */
export function availableThreads(): number {
  const threads = workerThreads();
  if (threads?.isMainThread !== true) return 1;
  const os = builtin<typeof import('node:os')>('node:os');
  return os?.availableParallelism() ?? 1;
}

/** Whether more threads than one can be started here at all. */
export const canHaveThreads = (): boolean => workerThreads() !== undefined;

/** Starts a thread for every scratch where that is allowed; they sleep until there is a large step, and do not keep the process alive. */
export function startThreads(
  { module, wide }: KernelCode,
  memory: WasmMemory,
  kernels: Kernels,
  meeting: number,
  scratches: readonly Scratch[],
): Threads {
  const threads = workerThreads();
  if (threads === undefined) throw new Error('threads need Node.js');
  const count = scratches.length + 1;
  kernels.setThreads(meeting, count);
  try {
    for (const scratch of scratches) {
      const workerData = { module, wide, memory, meeting, count, ...scratch };
      // Without the program's own options for Node.js: modules that it preloads have no business here.
      const worker = new threads.Worker(SERVE, { eval: true, execArgv: [], workerData, stdin: false });
      worker.unref();
      worker.on('error', () => {});
    }
  } catch {
    // The program's own thread takes all parts if nobody else does, so threads that are not to be had, or lost, are no failure.
  }
  return { stop: () => kernels.stop() };
}

/** All that a thread does, be it run as a script or as a module. As text, because a module's path would have to survive bundlers. */
const SERVE = `
const { workerData } = process.getBuiltinModule('node:worker_threads');
const { module, wide, memory, meeting, count, registers, pack } = workerData;
const { exports: kernels } = new WebAssembly.Instance(module, { env: { memory, abort() {}, now: () => 0 } });
kernels.setScratch(registers, pack);
if (wide) kernels.setWide(pack);
kernels.setThreads(meeting, count);
kernels.serve();
`;

const workerThreads = () => builtin<typeof import('node:worker_threads')>('node:worker_threads');
