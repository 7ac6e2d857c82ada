import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rungLines } from '../../src/config/rungs.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { edited, openFolder, search, table } from './folder.js';

const folder = openFolder();
beforeAll(() => folder.write('table.csv', table));
afterAll(() => folder.remove());

const open = (json: object) => loadSearchFile(folder.write('search.json', json), { threads: false });

describe('what a search file would do', () => {
  test('is told with its constraints and their share of the space, given points, several objectives, rungs and folds', async () => {
    const opened = await open({
      ...search,
      data: { ...search.data, folds: { count: 3, repeats: 2 } },
      epochs: 10,
      objective: [{ minimize: 'valLoss' }, { minimize: 'parameters' }],
      constraints: ['units >= 3'],
      enqueue: [{ units: 3 }],
      earlyStopping: ['diverged', { successiveHalving: { minResource: 2, reductionFactor: 2 } }],
      parallel: 2,
    });
    const lines = opened.describe().map(line => line.replace(/about \d+ %/, 'about … %'));
    const [share] = opened.describe().flatMap(line => /about (\d+) %/.exec(line)?.[1] ?? []);
    await opened.close();
    expect(lines).toEqual([
      'study',
      '  data       table.csv: 24 rows, 5 columns, 3 classes; 2 × 3 folds',
      '  objective  minimize valLoss, minimize parameters',
      '  sampler    auto: sobol, 2 trials, 2 at a time',
      '             auto: sobol, because 2 trials are too few to learn from, so they are spread evenly',
      '  begins     with 1 given point',
      '  epochs     10 for a trial that is not stopped',
      '  rules      diverged, successiveHalving',
      '  rungs      successiveHalving at epochs 2, 4, 8, where one in 2 goes on',
      '  device     cpu',
      '  2 hyperparameters',
      '    units         int from 2 to 4',
      '    learningRate  float from 0.001 to 0.1, log',
      '  1 constraint, which allows about … % of the space',
      '    units >= 3',
    ]);
    // Two of three values; a thousand draws have a deviation of 1.5 %.
    expect(Math.abs(Number(share) - 66.7)).toBeLessThan(6);
  });

  test('says how many points a grid has, and no more trials than are possible', async () => {
    const words = async (changes: object) => {
      const { learningRate: _, ...adam } = search.optimizer.adam as { learningRate?: unknown };
      const opened = await open({ ...search, optimizer: { adam }, sampler: 'grid', trials: undefined, ...changes });
      const line = opened.describe().find(each => each.startsWith('  sampler'));
      await opened.close();
      return line?.slice(13);
    };
    const enqueue = [{ units: 3 }];
    expect(await words({})).toMatch(/^grid of 3 points, 3 trials, \d+ at a time$/);
    expect(await words({ trials: 2 })).toMatch(/^grid of 3 points, 2 trials, /);
    expect(await words({ enqueue })).toMatch(/^grid of 3 points, 4 trials, /);
    expect(await words({ enqueue, duplicates: 'forbid' })).toMatch(/^grid of 3 points, 3 trials, /);
    expect(await words({ sampler: 'auto' })).toMatch(/^auto: grid, \d+ trials, /);
  });

  test('may count folds', async () => {
    const opened = await open({
      ...search,
      data: { ...search.data, folds: { count: 4, steps: 'folds' } },
      earlyStopping: ['successiveHalving'],
    });
    const lines = opened.describe();
    await opened.close();
    expect(lines).toContain('  folds      4 for a trial that is not stopped');
    expect(lines).toContain('  rungs      successiveHalving at fold 1, where one in 4 goes on');
  });

  test('hyperband has a line for each bracket, rules within others are found', () => {
    expect(rungLines([{ hyperband: { maxResource: 27 } } as never], 30, 'epoch')).toEqual([
      'hyperband, bracket 0, at epochs 1, 3, 9, where one in 3 goes on',
      'hyperband, bracket 1, at epochs 3, 9, where one in 3 goes on',
      'hyperband, bracket 2, at epoch 9, where one in 3 goes on',
      'hyperband, bracket 3, at no epoch, where one in 3 goes on',
    ]);
    const inside = [
      { any: ['diverged', { after: { epochs: 2, rule: { not: 'successiveHalving' } } }] },
      { use: './mine.mjs' },
    ];
    expect(rungLines(inside as never, 5, 'epoch')).toEqual([
      'successiveHalving at epochs 1, 4, where one in 4 goes on',
    ]);
  });
});

describe('what it would cost', () => {
  test('is reckoned from the networks, rows and epochs, at a speed that is measured', async () => {
    const opened = await open({ ...edited(search, 'epochs', 10), trials: 100, parallel: 1, device: 'simd' });
    const [trial, all] = await opened.estimate(() => performance.now());
    await opened.close();
    // Six columns to 2 … 4 units to 3 classes; 19 rows to train on and 5 to validate, ten times.
    const [least, most] = [2, 4].map(units => units * 6 + units + 3 * units + 3);
    const flop = (units: number) => (6 * 19 + 2 * 5) * (units * 6 + 3 * units) * 10;
    const short = (value: number) => Number(value.toPrecision(3));
    expect(trial).toBe(
      `a trial    ${least} to ${most} parameters, 10 epochs, 190 rows, ${short(flop(2) / 1e9)} to ${short(flop(4) / 1e9)} GFLOP`,
    );
    expect(all).toMatch(
      /^all {8}at most about 0\.00\d+ GFLOP: \S+ s or more of matrix products at \S+ GFLOP\/s, as measured$/,
    );
  });
});
