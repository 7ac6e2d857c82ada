// What the machine gives for two threads: the same products, which share nothing and fit the first caches, in one thread and in two.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { openProduct } from './matmul-prototype.js';

const SIDE = 64;
const TOGETHER = 64;

/** Of a worker: multiplies until the time is over, as soon as all are ready; says how often, and what processor time the process took. */
async function multiply() {
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i));
  const shape = { m: SIDE, n: SIDE, k: SIDE, orientation: 'A·B' };
  const { multiply } = await openProduct(shape, values, values);
  for (let i = 0; i < 500; i++) multiply();
  parentPort.on('message', milliseconds => {
    let done = 0;
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      for (let i = 0; i < TOGETHER; i++) multiply();
      done += TOGETHER;
    }
    parentPort.postMessage(done);
  });
  parentPort.postMessage('ready');
}

/** Threads that multiply for as long as they are told: `{ speed(threads, ms) → GFLOP/s of so many at a time, close() }`. */
export async function openCeiling(most = 2) {
  const answer = worker => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const workers = Array.from({ length: most }, () => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(workers.map(answer));
  return {
    async speed(threads, milliseconds) {
      const used = workers.slice(0, threads);
      const answers = used.map(answer);
      for (const worker of used) worker.postMessage(milliseconds);
      const done = (await Promise.all(answers)).reduce((a, b) => a + b, 0);
      return (2 * SIDE ** 3 * done) / milliseconds / 1e6;
    },
    close: () => Promise.all(workers.map(worker => worker.terminate())),
  };
}

if (!isMainThread) await multiply();
