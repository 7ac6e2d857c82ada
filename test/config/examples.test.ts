import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile, type Search } from '../../src/config/search-file.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import type { HParams, StudyEvent } from '../../src/tune/events.js';
import { tune } from '../../src/tune/tune.js';
import { openFolder } from './folder.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const folder = openFolder();
beforeAll(() => {
  cpSync(examples, folder.path, { recursive: true });
  mkdirSync(join(folder.path, 'out'));
});
afterAll(() => folder.remove());

const files = readdirSync(examples).flatMap(name => readdirSync(join(examples, name)).map(file => `${name}/${file}`));
const read = (name: string) => JSON.parse(readFileSync(join(examples, name), 'utf8')) as Record<string, unknown>;
const device = 'webasm';

const eventsOf = (search: Search): Promise<StudyEvent[]> => lastValueFrom(tune(search.options).pipe(toArray()));
const reportsOf = (events: readonly StudyEvent[], trial: number) =>
  events.flatMap(event => (event.type === 'trial-reported' && event.trial === trial ? [event.report] : []));

describe.each(files.filter(file => file.endsWith('search.json')))('examples/%s', file => {
  test('is accepted without a note', async () => {
    const search = await loadSearchFile(join(folder.path, file), { device });
    expect(search.notes).toEqual([]);
    expect(search.describe().join('\n')).toContain(search.study.name);
    search.close();
  });
});

describe.each(files.filter(file => /\/train[^/]*\.json$/.test(file)))('examples/%s', file => {
  test('is accepted without a note', async () => {
    const training = await loadTrainingFile(join(folder.path, file), { device });
    expect(training.notes).toEqual([]);
    training.close();
  });
});

/** Runs a changed example, then its best trial as a training file in another folder: both sets of metrics, epoch by epoch. */
async function studyAndBest(name: string, changes: object) {
  const file = folder.write(`${name}/changed.json`, { ...read(`${name}/search.json`), ...changes });
  const search = await loadSearchFile(file, { device });
  const events = await eventsOf(search);
  search.close();
  const finished = events.at(-1);
  if (finished?.type !== 'study-finished' || finished.best === undefined) throw new Error('no trial was completed');
  const { trial, hparams } = finished.best as { trial: number; hparams: HParams };
  const out = join(folder.path, 'out', `${name}.json`);
  folder.write(`out/${name}.json`, search.trainingFile(hparams, out));
  const training = await loadTrainingFile(out, { device });
  const reports = await lastValueFrom(training.reports$.pipe(toArray()));
  training.close();
  return {
    search,
    events,
    finished,
    trial: reportsOf(events, trial).map(({ metrics }) => metrics),
    again: reports.map(({ metrics }) => metrics),
  };
}

test('the digits study: three trials of two epochs, and the best one again from its training file, to the bit', async () => {
  const { search, events, finished, trial, again } = await studyAndBest('digits', {
    epochs: 2,
    trials: 3,
    earlyStopping: ['diverged', { patience: { epochs: 6 } }],
  });
  expect(finished.reason).toBe('trials');
  expect(finished.counts).toMatchObject({ complete: 3, pruned: 0, failed: 0 });
  expect(events[0]).toMatchObject({
    type: 'study-started',
    study: {
      name: 'digits',
      objective: { metric: 'valAccuracy', direction: 'maximize' },
      sampler: 'tpe',
      rules: ['diverged', 'patience'],
      trials: 3,
      parallel: availableParallelism(),
      epochs: 2,
      device: 'webasm',
      data: 'digits.csv: 1797 rows, 64 columns, 10 classes; 1438 to train on, 359 to validate',
    },
  });
  expect((events[0] as { study: object }).study).toEqual(search.study);
  expect(search.study.space.map(({ name }) => name)).toEqual([
    'repeat',
    'units',
    'activation',
    'rate',
    'optimizer',
    'adam.learningRate',
    'sgd.learningRate',
    'momentum',
    'batchSize',
  ]);
  expect(trial).toHaveLength(2);
  expect(again).toEqual(trial);
});

test('the iris study: all 27 points of the grid, each a mean over five folds, and the best one again to the bit', async () => {
  const { finished, events, trial, again } = await studyAndBest('iris', { epochs: 2, batchSize: 60, device: 'cpu' });
  expect(finished.reason).toBe('exhausted');
  expect(finished.counts).toMatchObject({ complete: 27 });
  const hparams = events.flatMap(event => (event.type === 'trial-started' ? [JSON.stringify(event.hparams)] : []));
  expect(new Set(hparams).size).toBe(27);
  for (const event of events) if (event.type === 'trial-reported') expect(event.report.folds).toHaveLength(5);
  expect(again).toEqual(trial);
}, 60_000);

test("the custom operator's study: the user's activation is searched, the user's rule ends trials, both found from another folder", async () => {
  const { events, trial, again } = await studyAndBest('custom-operator', { trials: 4, epochs: 30 });
  const ends = events.flatMap(event => (event.type === 'trial-finished' ? [event.stop.by] : []));
  expect(ends).toContain('plateau');
  expect(again).toEqual(trial);
});
