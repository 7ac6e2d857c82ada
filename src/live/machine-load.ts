import { availableParallelism } from 'node:os';
import type { WorkerLoad } from '../tune/workers/thread.js';
import type { Load } from './protocol.js';

/** Measures, each time, how busy this process was since the last time. */
export function machineLoad(clock: () => number, workers?: (() => readonly WorkerLoad[]) | undefined): () => Load {
  let [usage, at] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(usage);
    const elapsed = performance.now() - at;
    [usage, at] = [process.cpuUsage(), performance.now()];
    return {
      type: 'load',
      time: clock(),
      cpu: elapsed > 0 ? (user + system) / 1000 / elapsed : 0,
      cores: availableParallelism(),
      memory: process.memoryUsage.rss(),
      ...(workers && { workers: workers() }),
    };
  };
}
