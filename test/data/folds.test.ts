import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldsOfDataset, fromArrays } from '../../src/data/from-arrays.js';
import { type Divisible, foldRows, type RowSplit } from '../../src/data/partition.js';
import { tableFromRows } from '../../src/data/table.js';

const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
const wholes = (folds: readonly RowSplit[], n: number) => {
  for (const { train, validation } of folds) expect(sorted([...train, ...validation])).toEqual(all(n));
};

const rowsWithGroups = fc.array(
  fc.record({ class: fc.integer({ min: 0, max: 3 }), group: fc.integer({ min: 0, max: 9 }) }),
  {
    minLength: 4,
    maxLength: 80,
  },
);
const divisible = (rows: readonly { readonly class: number; readonly group: number }[]): Divisible => ({
  rows: rows.length,
  classOf: row => rows[row]!.class,
  groupOf: row => rows[row]!.group,
});

describe('repeated folds', () => {
  test('validate every row once per repetition, each repetition otherwise, the first as without', () => {
    const case_ = fc.tuple(
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 2, max: 4 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(case_, ([n, k, repeats, seed]) => {
        const data: Divisible = { rows: n, classOf: row => row % 3 };
        const folds = foldRows(data, k, { repeats, seed });
        expect(folds).toHaveLength(k * repeats);
        const validated = all(repeats).map(r =>
          folds.slice(r * k, (r + 1) * k).map(({ validation }) => [...validation]),
        );
        for (const repetition of validated) expect(sorted(repetition.flat())).toEqual(all(n));
        expect(new Set(validated.map(repetition => JSON.stringify(repetition))).size).toBe(repeats);
        expect(folds.slice(0, k)).toEqual(foldRows(data, k, { seed }));
        wholes(folds, n);
      }),
      { numRuns: 50 },
    );
  });
});

describe('grouped folds', () => {
  test('never have a group on both sides, and validate every row once per repetition', () => {
    fc.assert(
      fc.property(rowsWithGroups, fc.integer({ min: 2, max: 6 }), fc.boolean(), fc.nat(), (rows, k, stratify, seed) => {
        fc.pre(new Set(rows.map(({ group }) => group)).size >= k);
        const folds = foldRows(divisible(rows), k, { stratify, seed, repeats: 2 });
        for (const { train, validation } of folds) {
          const groups = new Set([...train].map(row => rows[row]!.group));
          expect([...validation].some(row => groups.has(rows[row]!.group))).toBe(false);
          expect(train.length && validation.length).toBeGreaterThan(0);
        }
        const validated = folds.flatMap(({ validation }) => [...validation]);
        expect(sorted(validated.slice(0, rows.length))).toEqual(all(rows.length));
        expect(sorted(validated)).toEqual(sorted([...all(rows.length), ...all(rows.length)]));
        wholes(folds, rows.length);
      }),
    );
  });

  test('of many small groups have nearly as many rows each, and stratified of each class', () => {
    const rows = all(240).map(i => ({ class: i % 5 === 0 ? 1 : 0, group: Math.floor(i / 3) }));
    for (const { validation } of foldRows(divisible(rows), 5, { stratify: true, seed: 3 })) {
      expect(validation.length).toBeGreaterThanOrEqual(45);
      expect(validation.length).toBeLessThanOrEqual(51);
      const ofOne = [...validation].filter(row => rows[row]!.class === 1).length;
      expect(Math.abs(ofOne - 48 / 5)).toBeLessThanOrEqual(1);
    }
  });

  test('are refused when they are more than the groups', () => {
    const rows = all(9).map(i => ({ class: 0, group: i % 3 }));
    expect(() => foldRows(divisible(rows), 4)).toThrow('groups: 4 folds are more than the 3 groups');
  });
});

describe('folds in the order of time', () => {
  const times = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 6, maxLength: 80 });

  test('validate rows that are later than all that are trained on, with a window that expands, every later row once', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 2, max: 5 }), (time, k) => {
        fc.pre(new Set(time).size > k);
        const folds = foldRows({ rows: time.length, timeOf: row => time[row]! }, k);
        expect(folds).toHaveLength(k);
        for (const [i, { train, validation }] of folds.entries()) {
          const latest = Math.max(...[...train].map(row => time[row]!));
          const earliest = Math.min(...[...validation].map(row => time[row]!));
          expect(earliest).toBeGreaterThan(latest);
          const before = folds[i - 1];
          if (before !== undefined) expect(sorted(train)).toEqual(sorted([...before.train, ...before.validation]));
        }
        const last = folds.at(-1)!;
        expect(sorted([...last.train, ...last.validation])).toEqual(all(time.length));
      }),
    );
  });

  test('are cut evenly where all times differ', () => {
    const folds = foldRows({ rows: 12, timeOf: row => -row }, 3);
    expect(folds.map(({ train, validation }) => [[...train], [...validation]])).toEqual([
      [
        [9, 10, 11],
        [6, 7, 8],
      ],
      [
        [6, 7, 8, 9, 10, 11],
        [3, 4, 5],
      ],
      [
        [3, 4, 5, 6, 7, 8, 9, 10, 11],
        [0, 1, 2],
      ],
    ]);
  });

  test('are refused for too few times, and beside what leaves something to chance', () => {
    const data: Divisible = { rows: 9, timeOf: row => row % 3 };
    expect(() => foldRows(data, 3)).toThrow(
      'order: 3 folds in the order of time need 4 different times, and there are 3',
    );
    expect(() => foldRows(data, 2, { repeats: 2 })).toThrow(
      'repeats: folds in the order of time leave nothing to chance',
    );
    expect(() => foldRows(data, 2, { stratify: true })).toThrow(
      'stratify: folds in the order of time cannot be stratified',
    );
    expect(() => foldRows({ ...data, groupOf: row => row }, 2)).toThrow(
      'groups: groups and an order of time exclude each other',
    );
  });
});

describe('the folds of a table', () => {
  const rows = all(24).map(i => ({
    patient: `p${i % 6}`,
    visit: `2024-${String(1 + (i % 12)).padStart(2, '0')}-01`,
    size: i * 10,
    kind: ['x', 'y'][i % 2],
    healthy: i % 3 === 0 ? 'yes' : 'no',
  }));
  const table = tableFromRows(rows, { target: 'healthy', scale: 'standard' });

  test('have no column that groups or orders their rows, and preprocessing of their own training rows', () => {
    const before = structuredClone(rows);
    const means = new Set<number>();
    for (const { train, validation } of table.folds(3, { groups: 'patient', order: undefined })) {
      expect(train.featureNames.filter(name => /patient/.test(name))).toEqual([]);
      const { offset } = train.preprocessing!.columns.find(({ name }) => name === 'size')!;
      means.add(offset);
      expect(validation.preprocessing).toBe(train.preprocessing);
      const size = train.featureNames.indexOf('size');
      const sum = all(train.rows).reduce((total, row) => total + train.x[row * train.features + size]!, 0);
      expect(sum).toBeCloseTo(0, 4);
    }
    expect(means.size).toBe(3);
    expect(rows).toEqual(before);
    for (const { train } of table.folds(3, { order: 'visit' })) {
      expect(train.featureNames.filter(name => /visit/.test(name))).toEqual([]);
    }
  });

  test('may be in the order of a column that is named as a feature too', () => {
    const dated = tableFromRows(rows, { target: 'healthy', features: ['size'] });
    const [first] = dated.folds(3, { order: 'size' });
    expect([...first!.train.x]).toEqual([0, 10, 20, 30, 40, 50]);
    expect([...first!.validation.x]).toEqual([60, 70, 80, 90, 100, 110]);
    expect(dated.folds(3, { order: true })).toEqual(dated.folds(3, { order: 'size' }));
  });

  test('by a column that cannot be one of groups or times are refused with the option', () => {
    const with_ = (changes: object) =>
      tableFromRows([...rows.slice(1), { ...rows[0]!, ...changes }], { target: 'healthy', impute: 'mostFrequent' });
    expect(() => table.folds(3, { groups: 'patents' })).toThrow(
      'groups: no column "patents" (did you mean "patient"?)',
    );
    expect(() => table.folds(3, { groups: 'healthy' })).toThrow('groups: "healthy" is the target column');
    expect(() => table.folds(3, { order: 'kind' })).toThrow(
      'row 1, column "kind": expected a number or a date such as 2024-05-31, got "x"',
    );
    expect(() => with_({ patient: '' }).folds(3, { groups: 'patient' })).toThrow(
      'row 24, column "patient": the value is missing',
    );
    expect(() => with_({ visit: null }).folds(3, { order: 'visit' })).toThrow(
      'row 24, column "visit": the time is missing',
    );
    const features = tableFromRows(rows, { target: 'healthy', features: ['patient', 'size'] });
    expect(() => features.folds(3, { groups: 'patient' })).toThrow('groups: "patient" is among the features');
    const only = tableFromRows(rows, { target: 'healthy', features: ['size'] });
    expect(() => only.folds(2, { groups: 'kind' })).not.toThrow();
    expect(() =>
      tableFromRows(
        rows.map(({ patient, healthy }) => ({ patient, healthy })),
        { target: 'healthy' },
      ).folds(2, { groups: 'patient' }),
    ).toThrow('no column is left to predict from');
  });

  test('understand times with and without zones, on every machine alike', () => {
    const moments = ['2024-05-31T23:30:00Z', '2024-06-01T00:15:00+02:00', '2024-05-31T23:45', '2024-06-01'];
    const small = tableFromRows(
      moments.map((when, i) => ({ when, i, y: i / 3 })),
      { target: 'y', features: ['i'] },
    );
    // 22:15, 23:30, 23:45 UTC, and midnight.
    expect(small.folds(2, { order: 'when' }).map(({ train }) => [...train.x].sort())).toEqual([[1], [0, 1, 2]]);
  });
});

test('the folds of a dataset take groups and times as arrays', () => {
  const data = fromArrays({ x: all(8).map(i => [i]), y: all(8).map(i => i / 2), task: 'regression' });
  for (const { train, validation } of foldsOfDataset(data, 2, { groups: ['a', 'b', 'a', 'b', 'c', 'c', 'd', 'd'] })) {
    expect(train.rows + validation.rows).toBe(8);
    expect(new Set([train.x.includes(0), train.x.includes(2)]).size).toBe(1);
  }
  const [first] = foldsOfDataset(data, 3, { order: all(8).map(i => -i) });
  expect([...first!.train.x]).toEqual([6, 7]);
  expect(() => foldsOfDataset(data, 2, { groups: [1] })).toThrow('groups: expected 8 groups, one a row, got 1');
  expect(() => foldsOfDataset(data, 2, { order: [1] })).toThrow('order: expected 8 times, one a row, got 1');
  expect(() => foldsOfDataset(data, 2, { order: all(8).map(() => Number.NaN) })).toThrow(
    'order: row 1: expected a finite number, got NaN',
  );
});
