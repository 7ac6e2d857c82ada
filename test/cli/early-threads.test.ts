import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { startEarly } from '../../src/cli/early-threads.js';
import { giveThreadsRoom } from '../../src/cli/roomy-heaps.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { tune } from '../../src/tune/tune.js';
import { entryFile } from '../../src/tune/workers/entry-file.js';
import { type StartedThread, startThread } from '../../src/tune/workers/start-thread.js';

// Real threads, which run dist/: `npm run build` first.
const folder = mkdtempSync(join(tmpdir(), 'rxnn-early-'));
afterAll(() => rmSync(folder, { recursive: true }));

const search = {
  data: { source: 'table.csv', target: 'class' },
  model: { layers: [{ dense: { units: { int: [2, 4] } } }] },
  epochs: 2,
  trials: 3,
  objective: { minimize: 'valLoss' },
};
const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 === 0 ? 'a' : 'b'}`);
writeFileSync(join(folder, 'table.csv'), `x,class\n${rows.join('\n')}\n`);

const file = (content: unknown): string => {
  const path = join(folder, 'search.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const started: StartedThread[] = [];
const early = (content: unknown, options: Parameters<typeof startEarly>[1] = {}, cores = 4) => {
  const threads = startEarly(file(content), options, cores);
  started.push(...threads);
  return threads;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ worker }) => worker.terminate()));
});

describe('threads are started before the search file is read', () => {
  const many = { ...search, trials: 100 };

  test('one for each core but one', () => {
    expect(early(many)).toHaveLength(3);
    expect(early(many, {}, 2)).toHaveLength(1);
    expect(early(many, {}, 1)).toHaveLength(0);
  });

  test('no more than trials, or trials at a time, stated in the file or on the command line', () => {
    expect(early({ ...search, trials: 2 })).toHaveLength(2);
    expect(early(many, { trials: 1 })).toHaveLength(1);
    expect(early({ ...many, parallel: 2 })).toHaveLength(2);
    expect(early({ ...many, parallel: 2 }, { parallel: 1 })).toHaveLength(1);
    expect(early({ ...many, parallel: 2 }, { parallel: 'auto' })).toHaveLength(3);
  });

  test('none where trials do not run in threads of this kind, and none that nobody knows of', () => {
    expect(early(many, { dryRun: true })).toHaveLength(0);
    expect(early(many, { device: 'webgpu' })).toHaveLength(0);
    expect(early({ ...many, device: 'webgpu' })).toHaveLength(0);
    expect(early({ ...many, objective: { module: './objective.mjs', minimize: 'loss' } })).toHaveLength(0);
    expect(early('no JSON')).toHaveLength(0);
    expect(early('null')).toHaveLength(0);
    expect(early({ ...many, trials: -1 })).toHaveLength(0);
    expect(startEarly(join(folder, 'none.json'), {}, 4)).toHaveLength(0);
    expect(startEarly(folder, {}, 4)).toHaveLength(0);
  });

  test.skipIf(process.platform === 'win32')('none for what can be read only once, which is left to be read', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(startEarly(pipe, {}, 4)).toHaveLength(0);
  });
});

/** Runs the study of the file in these threads; its last event, and how many events there were. */
async function studyIn(threads: readonly StartedThread[], parallel: number) {
  const loaded = await loadSearchFile(file(search), { parallel, started: threads });
  try {
    const events = await lastValueFrom(tune(loaded.options).pipe(toArray()));
    return events.at(-1);
  } finally {
    await loaded.close();
  }
}

describe('a thread that was started before', () => {
  const start = (entry: URL) => {
    const thread = startThread({ entry, toStderr: true });
    started.push(thread);
    return thread;
  };
  const entry = entryFile(import.meta.url.replace('/test/cli/', '/src/cli/'), '../config/search-worker.js');
  const exited = (thread: StartedThread) => new Promise(resolve => thread.worker.on('exit', resolve));

  test('runs the trials, and has ended with the search', async () => {
    const thread = start(entry);
    const end = exited(thread);
    expect(await studyIn([thread], 1)).toMatchObject({ type: 'study-finished', counts: { complete: 3 } });
    await end;
    expect(thread.ended).toBe(true);
  });

  test('is replaced where it has ended or could not start', async () => {
    writeFileSync(join(folder, 'ends.mjs'), 'process.exit(3);');
    writeFileSync(join(folder, 'throws.mjs'), "throw new Error('no');");
    for (const name of ['ends.mjs', 'throws.mjs', 'missing.mjs']) {
      const thread = start(new URL(`file://${join(folder, name)}`));
      await exited(thread);
      expect(thread.ended).toBe(true);
      expect(await studyIn([thread], 1)).toMatchObject({ type: 'study-finished', counts: { complete: 3, failed: 0 } });
    }
  });

  test('is ended where there are more than are needed, or trials run without threads', async () => {
    const threads = [start(entry), start(entry)];
    const ends = threads.map(exited);
    expect(await studyIn(threads, 1)).toMatchObject({ counts: { complete: 3 } });
    await Promise.all(ends);
    const idle = start(entry);
    const end = exited(idle);
    const loaded = await loadSearchFile(file(search), { threads: false, started: [idle] });
    await end;
    await loaded.close();
  });
});

test('heaps of later threads have room in the V8s in which that was measured only', () => {
  const flags: string[] = [];
  for (const v8 of ['11.3.244.8-node.38', '12.4.254.21-node.33', '15.0.1'])
    giveThreadsRoom(v8, flag => flags.push(flag));
  expect(flags).toEqual([]);
  for (const v8 of ['13.6.233.17-node.63', '14.1.146.11-node.25', '14.6.202.34-node.40']) {
    giveThreadsRoom(v8, flag => flags.push(flag));
  }
  expect(flags).toEqual(Array(3).fill('--initial-heap-size=64'));
});
