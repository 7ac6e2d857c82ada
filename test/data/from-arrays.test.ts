import { describe, expect, it } from 'vitest';
import { type ArraysOptions, foldsOfDataset, fromArrays, splitDataset } from '../../src/data/from-arrays.js';
import { InputError } from '../../src/errors.js';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

describe('fromArrays', () => {
  it('makes a dataset of numbers as they are', () => {
    const xor = fromArrays({ x, y: [0, 1, 1, 0] });
    expect(xor).toMatchObject({ rows: 4, features: 2, featureNames: ['x0', 'x1'], targets: 1, targetNames: ['y'] });
    expect(xor).toMatchObject({ task: 'classification', classes: ['0', '1'] });
    expect([...xor.x, ...xor.y]).toEqual([0, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0]);
  });

  it('takes text for classes, floats and several targets for a regression', () => {
    expect([...fromArrays({ x, y: ['b', 'a', 'b', 'c'] }).y]).toEqual([1, 0, 1, 2]);
    expect(fromArrays({ x, y: [0.5, 1, 2, 3] }).task).toBe('regression');
    expect(fromArrays({ x, y: x }).targets).toBe(2);
    expect(fromArrays({ x, y: [0, 1, 0, 1], task: 'regression' }).task).toBe('regression');
    expect([...fromArrays({ x, y: ['b', 'c', 'b', 'c'], classes: ['c', 'a', 'b'] }).y]).toEqual([2, 0, 2, 0]);
  });

  it('takes one array of numbers, row by row', () => {
    const data = fromArrays({
      x: new Float32Array(6),
      features: 2,
      y: new Float32Array([1, 2, 4]),
      weights: [1, 0, 2],
    });
    expect(data).toMatchObject({ rows: 3, features: 2, task: 'regression' });
    expect([...data.weights!]).toEqual([1, 0, 2]);
  });

  it.each<[Partial<ArraysOptions>, string]>([
    [{ x: [], y: [] }, 'x: expected at least one column, got 0'],
    [{ x: [[1, 2], [1]], y: [0, 1] }, 'x: row 2: expected 2 numbers, got 1'],
    [{ x: [[1], [Number.NaN]], y: [0, 1] }, 'x: row 2, column 1: expected a finite number, got NaN'],
    [{ x: new Float32Array(5), features: 2 }, 'x: 5 numbers do not make rows of 2'],
    [{ y: [0, 1] }, 'y: expected 4 values, one a row of x, got 2'],
    [{ y: [0.5, 1, 2, Number.NaN] }, 'y: row 4, column 1: expected a finite number, got NaN'],
    [{ y: [0, 1, Number.NaN, 1], task: 'classification' }, 'y: row 3: expected a class, got NaN'],
    [{ y: ['a', 'b', undefined as never, 'b'] }, 'y: row 3: expected a class, got undefined'],
    [{ x: [[1], [null as never]], y: [0, 1] }, 'x: row 2, column 1: expected a finite number, got null'],
    [{ x: [[1], [1e39]], y: [0, 1] }, 'x: row 2, column 1: expected a finite number, got 1e+39'],
    [{ y: ['a', 'a', 'a', 'a'] }, 'column "y": there is one class only, "a", and a classification needs at least two'],
    [{ y: ['a', 'b', 'c', 'a'], classes: ['a', 'b'] }, 'y: row 3: the class "c" is not among the classes'],
    [
      { x: [1, 2] as never, y: [0, 1] },
      'x: expected rows of numbers such as [[0, 1], [1, 0]], got 1 (number) in row 1',
    ],
    [
      { x: [[1], null as never], y: [0, 1] },
      'x: expected rows of numbers such as [[0, 1], [1, 0]], got null (object) in row 2',
    ],
    [
      { x: 5 as never },
      'x: expected rows of numbers such as [[0, 1], [1, 0]], or a Float32Array with `features`, got 5 (number)',
    ],
    [{ y: undefined as never }, 'y: expected one value a row, such as [0, 1], got undefined (undefined)'],
    [{ y: 'ab' as never }, 'y: expected one value a row, such as [0, 1], got "ab" (string)'],
    [
      { feature: 2 } as never,
      'fromArrays: no option "feature" (did you mean "features"?); there are x, y, features, task, classes, featureNames, targetNames, weights',
    ],
    [{ weights: [1] }, 'weights: expected 4 weights, one a row of x, got 1'],
    [{ weights: [1, 1, -1, 1] }, 'weights: row 3: expected a number from 0 up, got -1'],
    [{ featureNames: ['a'] }, 'featureNames: expected 2 names, got 1'],
  ])('names what is wrong: %j', (options, message) => {
    expect(() => fromArrays({ x, y: [0, 1, 1, 0], ...options })).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });
});

describe('fromArrays without options', () => {
  it('says what they are', () => {
    expect(() => fromArrays(undefined as never)).toThrow(
      new InputError('fromArrays: expected options such as { x: … }, got undefined (undefined)'),
    );
  });
});

describe('splitDataset and foldsOfDataset', () => {
  const rows = Array.from({ length: 20 }, (_, i) => i);
  const data = fromArrays({ x: rows.map(i => [i, -i]), y: rows.map(i => i % 2), weights: rows });

  it('keep each row with its target and weight', () => {
    const splits = [splitDataset(data, { validation: 0.3, seed: 1 }), ...foldsOfDataset(data, 3)];
    for (const { train, validation } of splits) {
      expect(train.rows + validation.rows).toBe(20);
      for (const side of [train, validation]) {
        for (let r = 0; r < side.rows; r++) {
          const i = side.x[2 * r]!;
          expect([side.x[2 * r + 1], side.y[r], side.weights![r]]).toEqual([-i, i % 2, i]);
        }
      }
    }
  });
});
