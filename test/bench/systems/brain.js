// brain.js: its own trainer, one row at a time. It knows neither batches nor cross-entropy, so it is the same network on the
// same rows with its mean squared error, its momentum and its random starting weights; its time is that of a row.
import { readFileSync } from 'node:fs';
import brain from 'brain.js';
import { oneHot, workloadData } from '../workloads.js';

const version = JSON.parse(
  readFileSync(new URL('../node_modules/brain.js/package.json', import.meta.url), 'utf8'),
).version;

/** @param {{ workload: import('../workloads.js').Workload, praxis?: 'adam' }} options */
export async function open({ workload, praxis }) {
  const { sizes, activation, rows: all } = workload;
  const { features, classes, x, y } = workloadData(workload);
  const targets = oneHot(y, classes);
  const multiplications = sizes.slice(1).reduce((sum, size, i) => sum + size * sizes[i], 0);
  // A pass over the data is the least it can be asked for, and takes seconds with large networks.
  const rows = Math.min(all, Math.max(64, Math.round(1e7 / multiplications)));
  const data = Array.from({ length: rows }, (_, row) => ({
    input: Array.from(x.subarray(row * features, (row + 1) * features)),
    output: Array.from(targets.subarray(row * classes, (row + 1) * classes)),
  }));
  const net = new brain.NeuralNetwork({
    inputSize: sizes[0],
    hiddenLayers: sizes.slice(1, -1),
    outputSize: classes,
    activation: activation === 'relu' ? 'leaky-relu' : activation,
  });
  const learningRate = praxis === 'adam' ? 1e-3 : 0.1 / features;
  /** The mean error of each pass and the time at its end. */
  const passes = iterations => {
    const seen = [];
    net.train(data, {
      iterations,
      learningRate,
      // It takes no 0; this stops it never.
      errorThresh: Number.MIN_VALUE,
      callbackPeriod: 1,
      callback: ({ error }) => seen.push({ error, at: performance.now() }),
      ...(praxis && { praxis }),
    });
    return seen;
  };
  let passMs = 0;
  return {
    version,
    device: 'javascript',
    threads: 1,
    async losses(steps) {
      const seen = passes(Math.max(4, Math.min(12, Math.round((steps * workload.batch) / rows))));
      passMs = seen[seen.length - 1].at - seen[seen.length - 2].at;
      return seen.map(({ error }) => error);
    },
    /** From the end of the first pass, so that what it does with the data before is not counted. */
    round(milliseconds) {
      const seen = passes(2 + Math.ceil(milliseconds / passMs));
      const seconds = (seen[seen.length - 1].at - seen[0].at) / 1000;
      passMs = (seconds * 1000) / (seen.length - 1);
      return { samples: (seen.length - 1) * rows, seconds };
    },
  };
}
