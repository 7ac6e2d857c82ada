import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { openPool } from '../../../src/tune/workers/pool.js';
import type { Job, Thread } from '../../../src/tune/workers/thread.js';

const threads = vi.hoisted(() => [] as { jobs: Job[]; end(): void }[]);

vi.mock('../../../src/tune/workers/thread.js', () => ({
  openThread(_: unknown, changed: () => void): Thread {
    const jobs: Job[] = [];
    const own = {
      jobs,
      end() {
        jobs.shift()?.freed();
        changed();
      },
    };
    threads.push(own);
    return {
      get idle() {
        return jobs.length === 0;
      },
      alive: true,
      run: job => void jobs.push(job),
      load: () => ({ busy: 0 }),
      cancel: () => {},
      close: async () => {},
    };
  },
}));

afterEach(() => void threads.splice(0));

const open = (size: number) =>
  openPool({ size, entry: new URL('file:///none.js'), data: undefined, kernels: undefined, timeout: 60 });

test('starts one thread for each core at once, and others when a trial finds none free, up to its size', () => {
  const cores = availableParallelism();
  const pool = open(cores + 2);
  expect(threads).toHaveLength(cores);
  const run = () => pool.run({}, []).subscribe();
  for (let i = 0; i < cores; i++) run();
  expect(threads).toHaveLength(cores);
  run();
  expect(threads).toHaveLength(cores + 1);
  for (let i = 0; i < 4; i++) run();
  expect(threads).toHaveLength(cores + 2);
  expect(threads.every(({ jobs }) => jobs.length === 1)).toBe(true);
  threads[0]!.end();
  expect(threads).toHaveLength(cores + 2);
  expect(threads.every(({ jobs }) => jobs.length === 1)).toBe(true);
});

test('starts no more threads than it is to have', () => {
  open(1);
  expect(threads).toHaveLength(1);
});
