import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { representatives } from '../../src/config/representatives.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import type { TrainingFile } from '../../src/config/training-schema.js';
import { trainingSchema } from '../../src/config/training-schema.js';
import { parseDistributions } from '../../src/tune/distributions-from-json.js';
import { tune } from '../../src/tune/tune.js';
import { edited, openFolder, search, table } from './folder.js';

const folder = openFolder();
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('fails.mjs', 'export default () => { throw new Error("no such curve"); };');
  folder.write(
    'seen.mjs',
    'export default ({ at }, { study }) => { if (study.trial < 0) throw new Error(); return x => x; };',
  );
});
afterAll(() => folder.remove());

const open = (json: object, overrides = {}) => loadSearchFile(folder.write('search.json', json), overrides);
const run = async (json: object, overrides = {}) => {
  const opened = await open(json, overrides);
  const events = await lastValueFrom(tune(opened.options).pipe(toArray()));
  opened.close();
  return { opened, events };
};
const metricsOf = (events: Awaited<ReturnType<typeof run>>['events'], trial: number) =>
  events.flatMap(event => (event.type === 'trial-reported' && event.trial === trial ? [event.report.metrics] : []));

describe('what a search file does not state', () => {
  test('is a split of 0.2 with seed 0, the objective valLoss, auto as the search, 20 trials, as many at a time as there are cores', async () => {
    const { study, close } = await open({ ...search, trials: undefined });
    expect(study).toMatchObject({
      objective: { metric: 'valLoss', direction: 'minimize' },
      sampler: 'auto',
      trials: 20,
      parallel: availableParallelism(),
      data: 'table.csv: 24 rows, 5 columns, 3 classes; 19 to train on, 5 to validate',
    });
    close();
  });

  test('stands in the training file of a trial, as far as the trial depends on it', async () => {
    const opened = await open(search);
    const file = opened.trainingFile({ units: 3, learningRate: 0.01 });
    opened.close();
    expect(file).toEqual({
      data: { source: 'table.csv', target: 'class', split: { validation: 0.2, seed: 0 } },
      model: { layers: [{ dense: { units: 3, activation: 'tanh' } }] },
      loss: 'crossEntropy',
      optimizer: { adam: { learningRate: 0.01 } },
      batchSize: 8,
      epochs: 2,
      device: 'cpu',
    });
  });
});

test('what the command line states goes before the file', async () => {
  const opened = await open(search, { trials: 7, parallel: 2, seed: 5, device: 'webasm' });
  expect(opened.study).toMatchObject({ trials: 7, parallel: 2, device: 'webasm' });
  expect(opened.options.seed).toBe(5);
  expect(opened.trainingFile({ units: 3, learningRate: 0.01 })).toMatchObject({ seed: 5 });
  opened.close();
});

test('trials differ by their hyperparameters only: all start from the same seed', async () => {
  const json = {
    ...edited(search, 'model.layers', [{ dense: { units: { choice: [3] } } }]),
    optimizer: 'adam',
    parallel: 2,
    sampler: 'random',
  };
  const { events } = await run(json);
  expect(metricsOf(events, 0)).toHaveLength(2);
  expect(metricsOf(events, 1)).toEqual(metricsOf(events, 0));
});

test('a distribution may stand in data, batchSize, epochs, rules and options of a module', async () => {
  const json = {
    ...search,
    data: { choice: [search.data, { ...search.data, scale: { choice: ['standard', 'minmax'] } }] },
    batchSize: { choice: [4, 'full'] },
    epochs: { int: [1, 3] },
    earlyStopping: [
      { patience: { epochs: { int: [1, 2], name: 'patience' } } },
      { use: './seen.mjs', with: { at: { float: [0, 1] } } },
    ],
    trials: 6,
  };
  const { opened, events } = await run(json);
  expect(opened.study.space.map(({ name }) => name)).toEqual([
    'data',
    'scale',
    'units',
    'learningRate',
    'batchSize',
    'epochs',
    'patience',
    'at',
  ]);
  expect(opened.study.epochs).toBeUndefined();
  expect(events.at(-1)).toMatchObject({ type: 'study-finished', counts: { complete: 6 } });
});

test("a trial that is fed a user's broken part fails alone, with the reason; the study goes on", async () => {
  const json = {
    ...edited(search, 'model.layers', [
      { dense: { units: 3, activation: { choice: ['tanh', { use: './fails.mjs' }] } } },
    ]),
    optimizer: 'adam',
    sampler: 'grid',
  };
  const { events } = await run(json);
  const ends = events.flatMap(event => (event.type === 'trial-finished' ? [[event.state, event.stop.reason]] : []));
  expect(ends).toContainEqual(['failed', expect.stringContaining('no such curve')]);
  expect(ends).toContainEqual(['complete', expect.anything()]);
});

test('each kind of note is given once, whichever options cause it', async () => {
  const { notes, close } = await open({ ...search, batchSize: { choice: [8, 100, 200] } });
  expect(notes).toEqual([
    'batchSize 100 is larger than the 19 training rows: every epoch is one batch of all of them',
    'batchSize 200 is larger than the 19 training rows: every epoch is one batch of all of them',
  ]);
  close();
});

test('a column may have the name of a distribution', async () => {
  folder.write('odd.csv', table.replace('kind', 'choice'));
  const json = edited(edited(search, 'data.source', 'odd.csv'), 'data.types', { choice: 'category' });
  (await open(json)).close();
});

test('the training file of a trial has its paths relative to where it will stand', async () => {
  const json = edited(search, 'earlyStopping', [{ any: [{ use: './seen.mjs', with: { at: 1 } }, 'diverged'] }]);
  const opened = await open(json);
  const file = opened.trainingFile(
    { units: 3, learningRate: 0.01 },
    join(folder.path, 'a/b/best.json'),
  ) as TrainingFile;
  opened.close();
  expect(file.data.source).toBe('../../table.csv');
  expect(file.earlyStopping).toEqual([{ any: [{ use: '../../seen.mjs', with: { at: 1 } }, 'diverged'] }]);
});

test('what would run is described in plain lines', async () => {
  const opened = await open({
    ...search,
    name: 'small',
    parallel: 4,
    optimizer: { choice: ['adam', { sgd: { momentum: { float: [0, 0.9] } } }] },
  });
  expect(opened.describe().join('\n')).toMatchInlineSnapshot(`
    "small
      data       table.csv: 24 rows, 5 columns, 3 classes; 19 to train on, 5 to validate
      objective  minimize valLoss
      sampler    auto: sobol, 2 trials, 4 at a time
                 auto: sobol, because 2 trials are too few to learn from, so they are spread evenly
      epochs     2 for a trial that is not stopped
      rules      none
      device     cpu
      3 hyperparameters
        units      int from 2 to 4
        optimizer  choice of adam, sgd
        momentum   float from 0 to 0.9 if optimizer = sgd"
  `);
  opened.close();
});

describe('the values that stand for a template', () => {
  const of = (json: unknown) => [...representatives(parseDistributions(json))].map(({ value }) => value);

  test('have every option, within options too, and both ends and the inside of every range', () => {
    const json = { a: { choice: [1, { x: { choice: [2, 3] } }, { y: { int: [4, 9] } }] }, b: { float: [0, 1] } };
    const values = of(json) as { a: unknown; b: number }[];
    const seen = (a: unknown) => values.some(value => JSON.stringify(value.a) === JSON.stringify(a));
    for (const a of [1, { x: 2 }, { x: 3 }, { y: 4 }, { y: 5 }, { y: 9 }]) expect(seen(a)).toBe(true);
    const numbers = new Set(values.map(({ b }) => b));
    expect(numbers.has(0) && numbers.has(1) && numbers.size === 3).toBe(true);
  });

  test('are there once, with all others at their lowest and at their highest', () => {
    const json = { a: { choice: ['p', 'q', 'r'] }, b: { choice: ['s', 't'] }, c: { int: [1, 5] } };
    const values = of(json).map(value => JSON.stringify(value));
    expect(new Set(values).size).toBe(values.length);
    for (const a of ['p', 'q', 'r']) {
      expect(values).toContain(JSON.stringify({ a, b: 's', c: 1 }));
      expect(values).toContain(JSON.stringify({ a, b: 't', c: 5 }));
    }
  });

  test('know where each of their parts was written', () => {
    const json = { o: { choice: ['p', { q: [{ int: [1, 3] }] }] } };
    const found = [...representatives(parseDistributions(json))].find(
      ({ value }) => JSON.stringify(value) === '{"o":{"q":[3]}}',
    );
    expect(found?.origin(['o', 'q', 0])).toEqual(['o', 'choice', 1, 'q', 0, 'int', 1]);
    expect(found?.origin(['o', 'r'])).toEqual(['o', 'choice', 1, 'r']);
    expect(found?.origin(['x'])).toEqual(['x']);
  });
});

test('a JSON Schema can be made of the one description of the files', () => {
  const schema = z.toJSONSchema(trainingSchema) as { properties: Record<string, unknown>; required: string[] };
  expect(schema.required).toEqual(['data', 'model', 'epochs']);
  expect(Object.keys(schema.properties)).toContain('earlyStopping');
});
