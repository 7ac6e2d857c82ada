import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importModules } from '../../src/config/custom-modules.js';
import { openDataFiles } from '../../src/config/open-data.js';
import { runTrial } from '../../src/config/open-training.js';
import { loadModelWithParts } from '../../src/config/saved-parts.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import type { TrainingFile } from '../../src/config/training-schema.js';
import { openCpuDevice } from '../kernels/cpu-devices.js';
import { edited, openFolder, table } from './folder.js';

const folder = openFolder();
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('parts/cubed.mjs', 'export default ({ k = 1 }, { ops }) => x => ops.mul(ops.pow(x, 3), k);');
});
afterAll(() => folder.remove());

const training = {
  data: { source: 'table.csv', target: 'class', split: { validation: 0.25 } },
  model: { layers: [{ dense: { units: 3, activation: 'tanh' } }] },
  optimizer: 'adam',
  batchSize: 8,
  epochs: 3,
  device: 'cpu',
};
const change = (path: string, value: unknown) => edited(training, path, value);
const open = (json: object, overrides = {}) => loadTrainingFile(folder.write('train.json', json), overrides);
const metricsOf = async (json: object, overrides = {}) => {
  const opened = await open(json, overrides);
  const reports = await lastValueFrom(opened.reports$.pipe(toArray()));
  opened.close();
  return reports.map(({ metrics }) => metrics);
};

describe('the output layer follows from the task and the loss', () => {
  test.each([
    ['class', undefined, undefined, 'crossEntropy', 3, 'linear'],
    ['flag', undefined, undefined, 'crossEntropy', 2, 'linear'],
    ['flag', 'binaryCrossEntropy', undefined, 'binaryCrossEntropy', 1, 'linear'],
    ['flag', 'meanSquaredError', { activation: 'sigmoid' }, 'meanSquaredError', 1, 'sigmoid'],
    ['value', undefined, undefined, 'meanSquaredError', 1, 'linear'],
    [['value', 'a'], 'huber', { activation: 'softplus' }, 'huber', 2, 'softplus'],
  ])('%j with %j and %j: %s, %i outputs, %s', async (target, loss, output, name, outputs, activation) => {
    const json = {
      ...training,
      data: { source: 'table.csv', target },
      model: { layers: [], output },
      ...(loss === undefined ? {} : { loss }),
    };
    const { net, loss: made, close } = await open(json);
    expect(made.name).toBe(name);
    expect(net.outputs).toBe(outputs);
    expect(net.layers.at(-1)?.config).toEqual({ dense: { units: outputs, activation } });
    close();
  });
});

test('a block is repeated with the same hyperparameters, and may hold several layers or none', async () => {
  const json = change('model.layers', [
    { repeat: 2, dense: { units: 4, activation: 'relu', bias: false } },
    { repeat: 2, layers: [{ dense: { units: 5 } }, { activation: 'tanh' }, { dropout: { rate: 0.1 } }] },
    { repeat: 0, dense: { units: 99 } },
  ]);
  const { net, close } = await open(json);
  expect(net.layers.map(layer => layer.outputs(7))).toEqual([4, 4, 5, 7, 7, 5, 7, 7, 3]);
  close();
});

describe('what is not stated', () => {
  test('is 32 rows a batch, seed 0, adam, health looked at', async () => {
    const plain = { ...training, batchSize: undefined };
    const stated = { ...training, batchSize: 32, seed: 0, optimizer: { adam: { learningRate: 0.001 } }, health: true };
    expect(await metricsOf(plain)).toEqual(await metricsOf(stated));
  });

  test('without split and folds every row is trained on, and nothing is validated', async () => {
    const json = change('data.split', undefined);
    const { data, validation, objective, close } = await open(json);
    expect([data.rows, validation]).toEqual([24, undefined]);
    expect(objective).toEqual({ metric: 'loss', direction: 'minimize' });
    close();
    expect(Object.keys((await metricsOf(json))[0]!)).toEqual(['loss']);
  });
});

test('equal files give equal reports to the bit, another seed other ones', async () => {
  const first = await metricsOf(training);
  expect(await metricsOf(training)).toEqual(first);
  expect(await metricsOf(training, { seed: 1 })).not.toEqual(first);
  expect(await metricsOf({ ...training, seed: 1 })).toEqual(await metricsOf(training, { seed: 1 }));
});

test('epochs and device may be stated instead of those in the file', async () => {
  expect(await metricsOf(training, { epochs: 1 })).toHaveLength(1);
  const { net, close } = await open(training, { device: 'webasm' });
  expect(net.device.name).toBe('webasm');
  close();
});

test('metrics that a rule or the objective needs are reported without being listed', async () => {
  const json = {
    ...training,
    metrics: ['f1'],
    objective: { maximize: 'valTop2Accuracy' },
    earlyStopping: [{ all: [{ after: { epochs: 1, rule: { threshold: { metric: 'valAccuracy', above: 2 } } } }] }],
  };
  expect(Object.keys((await metricsOf(json))[0]!)).toEqual([
    'loss',
    'valLoss',
    'valF1',
    'valTop2Accuracy',
    'valAccuracy',
  ]);
});

test('a rule ends the training, says so under its own name, and the weights of the best epoch are restored', async () => {
  const json = {
    ...training,
    epochs: 50,
    optimizer: { sgd: { learningRate: 5 } },
    earlyStopping: ['diverged', { patience: { epochs: 2 } }],
  };
  const opened = await open(json);
  expect(opened.rules).toEqual(['diverged', 'patience']);
  const last = await lastValueFrom(opened.reports$);
  expect(last.stop).toMatchObject({ by: 'patience', outcome: 'complete' });
  expect(last.epoch).toBeLessThan(50);
  opened.close();
});

test('clipping and schedules reach the optimizer; a schedule without steps takes all of the training', async () => {
  const clipped = await metricsOf(change('clip', { globalNorm: 1e-9 }));
  expect(clipped).not.toEqual(await metricsOf(training));
  for (const clip of [{ norm: 0.1 }, { value: 0.1 }]) expect(await metricsOf(change('clip', clip))).toHaveLength(3);
  const rate = (learningRate: object) => metricsOf(change('optimizer', { sgd: { learningRate } }));
  // 18 training rows in batches of 8: 3 steps an epoch.
  expect(await rate({ cosine: { rate: 0.5 } })).toEqual(await rate({ cosine: { rate: 0.5, steps: 9 } }));
  expect(await rate({ oneCycle: { peak: 0.5 } })).toEqual(await rate({ oneCycle: { peak: 0.5, steps: 9 } }));
  expect(await rate({ warmup: { steps: 2, after: { cosine: { rate: 0.5 } } } })).toEqual(
    await rate({ warmup: { steps: 2, after: { cosine: { rate: 0.5, steps: 7 } } } }),
  );
});

describe('notes', () => {
  test('a batch larger than the data works, as one batch of all rows', async () => {
    const { notes, close } = await open(change('batchSize', 4096));
    expect(notes).toEqual([
      'batchSize 4096 is larger than the 18 training rows: every epoch is one batch of all of them',
    ]);
    close();
    expect(await metricsOf(change('batchSize', 4096))).toEqual(await metricsOf(change('batchSize', 'full')));
  });

  test('an objective in the unusual direction is pointed out', async () => {
    const { notes, close } = await open(change('objective', { minimize: 'valAccuracy' }));
    expect(notes).toEqual(['the objective is to minimize valAccuracy, which most want to maximize']);
    close();
  });
});

describe('with folds', () => {
  const folds = change('data', { source: 'table.csv', target: 'class', scale: 'standard', folds: 3 });

  test('the reports are means over the folds, and the network is then trained on all rows for as many epochs', async () => {
    const opened = await open(folds);
    expect(opened.notes).toEqual(['the reports are means over 3 folds; then the network is trained on all 24 rows']);
    await expect(opened.save(join(folder.path, 'early.rxnn'))).rejects.toThrow(/there is no model to save/);
    const reports = await lastValueFrom(opened.reports$.pipe(toArray()));
    expect(reports).toHaveLength(3);
    for (const { metrics, folds } of reports) {
      const mean = folds!.reduce((total, fold) => total + fold.valLoss!, 0) / 3;
      expect(metrics.valLoss).toBeCloseTo(mean, 12);
    }
    const weights = await opened.net.read();
    await opened.save(join(folder.path, 'late.rxnn'));
    opened.close();

    const all = await open({ ...folds, data: { source: 'table.csv', target: 'class', scale: 'standard' } });
    await lastValueFrom(all.reports$);
    expect(weights).toEqual(await all.net.read());
    all.close();
  });

  test('that ran to their end under patience, it is trained for the epochs whose weights were restored', async () => {
    const patience = { metric: 'valLoss', epochs: 50, direction: 'maximize' };
    const opened = await open({ ...folds, earlyStopping: [{ patience }] });
    const reports = await lastValueFrom(opened.reports$.pipe(toArray()));
    const valLosses = reports.map(({ metrics }) => metrics.valLoss!);
    const epochs = valLosses.indexOf(Math.max(...valLosses)) + 1;
    expect(epochs).toBeLessThan(reports.length);
    const weights = await opened.net.read();
    opened.close();

    const once = await open(
      { ...folds, data: { source: 'table.csv', target: 'class', scale: 'standard' } },
      { epochs },
    );
    await lastValueFrom(once.reports$);
    expect(weights).toEqual(await once.net.read());
    once.close();
  });
});

test('a trial leaves nothing on the device, whether it runs to its end or is left', async () => {
  const device = openCpuDevice('cpu');
  const file = join(folder.path, 'train.json');
  const files = openDataFiles(file);
  const custom = await importModules(file, []);
  for (const data of [training.data, { source: 'table.csv', target: 'class', folds: 3 }]) {
    const json = { ...training, data } as TrainingFile;
    await files.read(json.data);
    const trial$ = runTrial(json, files.prepare(json.data), { device, custom });
    expect(device.usage().tensors).toBe(0);
    await firstValueFrom(trial$.pipe(take(1)));
    expect(device.usage()).toMatchObject({ tensors: 0, programs: 0 });
    await lastValueFrom(trial$);
    expect(device.usage()).toMatchObject({ tensors: 0, programs: 0 });
  }
  device.close();
});

describe("a model with a user's own activation", () => {
  const own = change('model.layers', [
    { dense: { units: 3, activation: { use: './parts/cubed.mjs', with: { k: 0.5 } } } },
  ]);

  test('is saved anywhere and loads from there, and from where it is moved together with its part', async () => {
    const opened = await open(own);
    await lastValueFrom(opened.reports$);
    mkdirSync(join(folder.path, 'models'));
    const path = join(folder.path, 'models/a.rxnn');
    await opened.save(path, { valLoss: 1 });
    const weights = await opened.net.read();
    const loaded = await loadModelWithParts(path);
    expect(await loaded.network.read()).toEqual(weights);
    expect(loaded.network.layers[0]?.config).toMatchObject({
      dense: { activation: { use: '../parts/cubed.mjs', with: { k: 0.5 } } },
    });
    expect(loaded.metrics).toEqual({ valLoss: 1 });
    loaded.network.dispose();
    opened.close();

    mkdirSync(join(folder.path, 'far/away'), { recursive: true });
    renameSync(path, join(folder.path, 'far/away/a.rxnn'));
    cpSync(join(folder.path, 'parts/cubed.mjs'), join(folder.path, 'far/away/cubed.mjs'));
    const moved = await loadModelWithParts(join(folder.path, 'far/away/a.rxnn'));
    expect(await moved.network.read()).toEqual(weights);
    moved.network.dispose();
  });

  test('without its part is an error that names both', async () => {
    const opened = await open(own);
    mkdirSync(join(folder.path, 'alone'));
    const path = join(folder.path, 'alone/a.rxnn');
    await opened.save(path);
    opened.close();
    renameSync(path, join(folder.path, 'b.rxnn'));
    await expect(loadModelWithParts(join(folder.path, 'b.rxnn'))).rejects.toThrow(
      /b\.rxnn: .*there is no file ".*cubed\.mjs"/,
    );
  });
});
