import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile } from '../../src/config/search-file.js';
import type { TrainingFile } from '../../src/config/training-schema.js';
import type { Report } from '../../src/train/report.js';
import type { CheckpointTask } from '../../src/tune/checkpoint-task.js';
import { openWorkers } from '../../src/tune/workers/open-workers.js';
import { edited, openFolder, search, table } from './folder.js';

// Real threads, which run dist/: `npm run build` first.
const folder = openFolder();
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write(
    'objective.mjs',
    `import { crossEntropy, dense, fileCheckpoint, fromArrays, network, sgd, train } from 'rxnn';
     export default ({ units }, { checkpoint, seed }) => {
       const y = Array.from({ length: 12 }, (_, i) => (i % 2 ? 'odd' : 'even'));
       const data = fromArrays({ x: y.map((_, i) => [i % 2, i]), y, task: 'classification' });
       const net = network([dense(units), dense(2)], { inputs: 2, seed });
       return train({ net, data, loss: crossEntropy(), optimizer: sgd({ learningRate: 0.01 }), epochs: 5, batchSize: 5, checkpoint: fileCheckpoint(checkpoint) });
     };`,
  );
});
afterAll(() => folder.remove());

const file = (json: object) => ({ ...json, epochs: 5, metrics: ['accuracy'], device: 'simd' });
const numbers = (reports: readonly Report[]) =>
  reports.map(({ seconds: _, model: _model, checkpoint: _checkpoint, ...rest }) => rest);
const context = (checkpoint?: CheckpointTask) => ({ trial: 7, seed: 1, hparams: {}, waitFor: () => {}, checkpoint });

describe.each([
  ['in worker threads', true],
  ['in one thread', false],
])('a trial of a search file that is stored, %s', (name, threads) => {
  const point = edited(
    edited(search, 'model.layers', [{ dense: { units: 3 } }, { dropout: { rate: 0.2 } }]),
    'optimizer',
    'adam',
  );

  test.each([
    ['one training', point],
    ['folds', edited(point, 'data.folds', 3)],
    // Its objective gets worse too, and says what rows were taken for only when it gets better.
    ['one training whose objective goes up and down', edited(point, 'optimizer', { sgd: { learningRate: 3 } })],
  ])('goes on from its last recorded state to the bit: %s', async (kind, json) => {
    const places = join(folder.path, `${name} ${kind}`);
    const opened = await loadSearchFile(
      folder.write('search.json', file({ ...search, ...edited(json, 'batchSize', { choice: [8] }) })),
      { threads, parallel: 1 },
    );
    const training = { ...file(json), earlyStopping: [] } as unknown as TrainingFile;
    const run = (checkpoint?: CheckpointTask, count = 9) =>
      lastValueFrom(
        (opened.options.objective(training, context(checkpoint)) as Observable<Report>).pipe(take(count), toArray()),
      );
    try {
      const unbroken = await run();
      expect(unbroken.map(({ checkpoint }) => checkpoint)).toEqual(Array(5).fill(undefined));
      const task = { folder: places, trial: 7, seconds: 0, upTo: 0 };
      /** As the tuner has it that knows the reports up to an epoch. */
      const recorded = (upTo: number) => ({
        ...task,
        upTo,
        best: Math.min(...unbroken.slice(0, upTo).map(({ metrics }) => metrics.valLoss!)),
      });
      const begun = await run(task, 3);
      expect(numbers(begun)).toEqual(numbers(unbroken).slice(0, 3));
      expect(begun.every(({ checkpoint }) => checkpoint?.startsWith(places))).toBe(true);
      expect(numbers(await run(recorded(2)))).toEqual(numbers(unbroken).slice(2));
      expect(numbers(await run(recorded(5)))).toEqual([]);
      expect(numbers(await run(task))).toEqual(numbers(unbroken));
      expect(readdirSync(places)).toHaveLength(kind === 'folds' ? 9 : 3);
      const told = unbroken.filter(({ predictions }) => predictions !== undefined);
      if (kind.endsWith('down')) expect(told.length).toBeLessThan(unbroken.length);
      expect(unbroken[0]).toMatchObject({ norms: {}, predictions: { kind: 'confusion' } });
    } finally {
      await opened.close();
    }
  });

  test('goes on after the folds that are done, to the bit, where they run in turn', async () => {
    const json = edited(point, 'data.folds', { count: 3, steps: 'folds' });
    const opened = await loadSearchFile(
      folder.write('search.json', file({ ...search, ...edited(json, 'batchSize', { choice: [8] }) })),
      { threads, parallel: 1 },
    );
    const training = { ...file(json), earlyStopping: [] } as unknown as TrainingFile;
    const run = (checkpoint?: CheckpointTask) =>
      lastValueFrom((opened.options.objective(training, context(checkpoint)) as Observable<Report>).pipe(toArray()));
    try {
      const unbroken = await run();
      const [last] = unbroken.map(({ model: _, ...report }) => report);
      const task = { folder: join(folder.path, `${name} in turn`), trial: 7, seconds: 0, upTo: 1, last };
      expect(unbroken).toHaveLength(3);
      expect(numbers(await run(task))).toEqual(numbers(unbroken).slice(1));
    } finally {
      await opened.close();
    }
  });
});

test("a user's module in a worker stores its training by what its context says", async () => {
  const workers = openWorkers({ module: join(folder.path, 'objective.mjs'), workers: 1 });
  const task = { folder: join(folder.path, 'module'), trial: 7, seconds: 0, upTo: 0 };
  const run = (checkpoint?: CheckpointTask) =>
    lastValueFrom(workers.objective({ units: 3 }, context(checkpoint)).pipe(toArray()));
  try {
    const unbroken = await run();
    expect(numbers(await run(task))).toEqual(numbers(unbroken));
    expect(numbers(await run({ ...task, upTo: 4 }))).toEqual(numbers(unbroken).slice(4));
  } finally {
    await workers.close();
  }
});
