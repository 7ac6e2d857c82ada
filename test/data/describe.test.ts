import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnInfo } from '../../src/data/dataset-info.js';
import { tableFromRows } from '../../src/data/table.js';
import type { TableOptions } from '../../src/data/table-options.js';

type Numbers = Extract<ColumnInfo, { kind: 'number' }>;
type Row = Readonly<Record<string, unknown>>;

const column = (rows: readonly Row[], name: string, options: Partial<TableOptions> = {}) =>
  tableFromRows(rows, { target: 'y', ...options })
    .describe()
    .columns.find(each => each.name === name)!;

/** Rows of a column `a` beside a target to regress on. */
const beside = (values: readonly unknown[]): Row[] => values.map((a, i) => ({ a, b: 1, y: i + 0.5 }));

describe('a column of numbers', () => {
  it('is told with range, mean, deviation and a histogram, as computed naively', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(number, fc.integer({ min: -9, max: 9 }), fc.constant(null)), { minLength: 1, maxLength: 60 }),
        given => {
          const values = given.filter(value => value !== null);
          fc.pre(values.length > 0);
          const told = column(beside(given), 'a', { impute: 'mean' }) as Numbers;
          const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
          const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
          const [min, max] = [Math.min(...values), Math.max(...values)];
          const scale = Math.max(Math.abs(min), Math.abs(max));
          expect(told).toMatchObject({
            kind: 'number',
            missing: given.length - values.length,
            min: min + 0,
            max: max + 0,
          });
          expect(Math.abs(told.mean - mean)).toBeLessThanOrEqual(1e-6 * scale + 1e-150);
          expect(Math.abs(told.deviation - deviation)).toBeLessThanOrEqual(1e-6 * scale + 1e-150);
          expect(told.histogram.reduce((a, b) => a + b)).toBe(values.length);
          expect(told.histogram).toHaveLength(min === max ? 1 : 20);
          // A value within rounding of an edge may be on either side of it.
          const edge = (bin: number) => min + ((max - min) * bin) / 20;
          const below = (limit: number) => values.filter(v => v < limit).length;
          let sum = 0;
          told.histogram.forEach((count, bin) => {
            sum += count;
            const slack = 1e-9 * scale + 1e-150;
            expect(sum).toBeGreaterThanOrEqual(min === max ? 1 : below(edge(bin + 1) - slack));
            expect(sum).toBeLessThanOrEqual(
              bin === told.histogram.length - 1 ? values.length : below(edge(bin + 1) + slack),
            );
          });
        },
      ),
      { seed: 5 },
    );
  });

  it('may be as large as float64 goes', () => {
    const told = column(beside([1.7e308, -1.7e308, 0, 0]), 'a', { ignore: ['a'] }) as Numbers;
    expect(told).toMatchObject({ min: -1.7e308, max: 1.7e308, mean: 0 });
    expect(told.deviation / 1.7e308).toBeCloseTo(Math.SQRT1_2, 6);
    expect(told.histogram.filter(rows => rows > 0)).toEqual([1, 2, 1]);
  });

  it('without any number has no categories either', () => {
    const told = column(beside(['', '', null]), 'a', { ignore: ['a'] });
    expect(told).toEqual({ name: 'a', kind: 'category', missing: 3, categories: 0, top: [] });
  });

  it('that is ignored may hold anything: what is no finite number is missing', () => {
    const told = column(beside(['1', 'x', 'inf', '3', '2']), 'a', { ignore: ['a'] });
    expect(told).toMatchObject({ kind: 'number', missing: 2, min: 1, max: 3, mean: 2 });
  });
});

describe('a column of categories', () => {
  it('is told with the most frequent ones, of equal ones the first to appear', () => {
    const values = ['z', 'a', 'b', 'a', '', 'b', 'c'];
    expect(column(beside(values), 'a', { impute: 'mostFrequent' })).toEqual({
      name: 'a',
      kind: 'category',
      missing: 1,
      categories: 4,
      top: [
        { name: 'a', rows: 2 },
        { name: 'b', rows: 2 },
        { name: 'z', rows: 1 },
        { name: 'c', rows: 1 },
      ],
    });
  });

  it('names 20 of many, cut where they are long', () => {
    const values = Array.from({ length: 50 }, (_, i) => `${'long '.repeat(20)}${i}`);
    const told = column(beside(values), 'a', { ignore: ['a'] }) as Extract<ColumnInfo, { kind: 'category' }>;
    expect([told.categories, told.top.length]).toEqual([50, 20]);
    expect(told.top.every(({ name }) => name.length === 60 && name.endsWith('…'))).toBe(true);
  });
});

describe('a table', () => {
  it('has its classes with their rows in the order of the outputs; the target is a column of categories then', () => {
    const rows = [10, 9, 10, 2, 10, 9].map((y, i) => ({ y, a: i }));
    const { target, classes, columns, allColumns } = tableFromRows(rows, { target: 'y' }).describe();
    expect([target, allColumns]).toEqual(['y', 2]);
    expect(classes).toEqual([
      { name: '2', rows: 1 },
      { name: '9', rows: 2 },
      { name: '10', rows: 3 },
    ]);
    expect(columns[0]).toMatchObject({
      kind: 'category',
      categories: 3,
      top: [{ name: '10', rows: 3 }, { rows: 2 }, {}],
    });
  });

  it('has no classes in a regression, and may have several targets', () => {
    const rows = [1, 2, 3].map(a => ({ a, y: a + 0.5, z: -a }));
    const told = tableFromRows(rows, { target: ['z', 'y'] }).describe();
    expect(told).toMatchObject({
      target: 'z, y',
      columns: [{ name: 'a' }, { name: 'y', kind: 'number' }, { name: 'z' }],
    });
    expect(told).not.toHaveProperty('classes');
  });

  it('is told by its first 200 columns, the target always among them, all in their order', () => {
    const names = Array.from({ length: 300 }, (_, i) => `c${i}`);
    const rows = [0, 1, 2].map(i => Object.fromEntries([...names, 'y'].map(name => [name, i + 0.5])));
    const { columns, allColumns } = tableFromRows(rows, { target: 'y' }).describe();
    expect(allColumns).toBe(301);
    expect(columns.map(({ name }) => name)).toEqual([...names.slice(0, 199), 'y']);
    const early = tableFromRows(rows, { target: 'c5' }).describe().columns;
    expect(early.map(({ name }) => name)).toEqual(names.slice(0, 200));
  });
});
