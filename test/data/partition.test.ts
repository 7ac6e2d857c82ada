import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Divisible, foldRows, type RowSplit, splitRows } from '../../src/data/partition.js';

const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 120 });
const divisible = (y: readonly number[], classes = true): Divisible => ({
  rows: y.length,
  classOf: classes ? row => y[row]! : undefined,
});
const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const rowsOf = ({ train, validation }: RowSplit) => [...train, ...validation].sort((a, b) => a - b);
const count = (rows: Iterable<number>, y: readonly number[], c: number) => [...rows].filter(r => y[r] === c).length;
const held = (y: readonly number[], fraction: number) => Math.round(y.length * fraction);
/** Splits that are possible: neither side empty, and, stratified, some class with a row to spare. */
const possible = (y: readonly number[], fraction: number) =>
  held(y, fraction) > 0 && held(y, fraction) < y.length && new Set(y).size < y.length;

describe('splitRows', () => {
  it('gives every row to exactly one side', () => {
    fc.assert(
      fc.property(
        labels,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        (y, f, stratify, seed) => {
          fc.pre(possible(y, f));
          expect(rowsOf(splitRows(divisible(y), { validation: f, stratify, seed }))).toEqual(all(y.length));
        },
      ),
    );
  });

  it('holds out round(fraction · rows) rows unless classes have to be kept', () => {
    fc.assert(
      fc.property(labels, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (y, f) => {
        fc.pre(possible(y, f));
        expect(splitRows(divisible(y, false), { validation: f }).validation).toHaveLength(held(y, f));
      }),
    );
  });

  it('stratified, holds out of every class its proportion to within one row', () => {
    fc.assert(
      fc.property(labels, fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.nat(), (y, f, seed) => {
        fc.pre(possible(y, f));
        const { validation } = splitRows(divisible(y), { validation: f, stratify: true, seed });
        for (const c of new Set(y)) {
          expect(Math.abs(count(validation, y, c) - f * count(all(y.length), y, c))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('keeps every class in training, stratified always and unstratified when there are rows to swap', () => {
    fc.assert(
      fc.property(
        labels,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        (y, f, stratify, seed) => {
          fc.pre(possible(y, f));
          const { train } = splitRows(divisible(y), { validation: f, stratify, seed });
          const classes = new Set(y);
          fc.pre(stratify || train.length >= classes.size);
          for (const c of classes) expect(count(train, y, c)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('is the same for the same seed and another for another', () => {
    const y = all(50).map(i => i % 3);
    const of = (seed: number) => [...splitRows(divisible(y), { validation: 0.3, seed }).validation];
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('names a fraction out of range, an empty side and missing classes', () => {
    const data = divisible([0, 1, 0], false);
    const bad = (validation: number) => () => splitRows(data, { validation });
    expect(bad(0)).toThrow('validation: expected a fraction between 0 and 1, got 0');
    expect(bad(1)).toThrow('validation: expected a fraction between 0 and 1, got 1');
    expect(bad(Number.NaN)).toThrow('validation: expected a fraction between 0 and 1, got NaN');
    expect(bad(0.1)).toThrow('validation: 0.1 of 3 rows leaves none for validation');
    expect(bad(0.9)).toThrow('validation: 0.9 of 3 rows leaves none for training');
    expect(() => splitRows(data, { validation: 0.4, stratify: true })).toThrow(
      'stratify: a regression has no classes to stratify by',
    );
    expect(() => splitRows(divisible([0, 1]), { validation: 0.5 })).toThrow(
      'validation: no class has a row to spare for validation',
    );
  });
});

describe('foldRows', () => {
  const case_ = fc.tuple(labels, fc.integer({ min: 2, max: 8 }), fc.nat()).filter(([y, k]) => k <= y.length);

  it('holds every row out in exactly one fold and trains on it in all others', () => {
    fc.assert(
      fc.property(case_, fc.boolean(), ([y, k, seed], stratify) => {
        const folds = foldRows(divisible(y), k, { stratify, seed });
        expect(folds).toHaveLength(k);
        expect(folds.flatMap(fold => [...fold.validation]).sort((a, b) => a - b)).toEqual(all(y.length));
        for (const fold of folds) expect(rowsOf(fold)).toEqual(all(y.length));
      }),
    );
  });

  it('makes folds whose sizes, and stratified whose classes, differ by one row at most', () => {
    fc.assert(
      fc.property(case_, ([y, k, seed]) => {
        const folds = foldRows(divisible(y), k, { seed });
        const within1 = (counts: number[]) => expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        within1(folds.map(fold => fold.validation.length));
        for (const c of new Set(y)) within1(folds.map(fold => count(fold.validation, y, c)));
      }),
    );
  });

  it('keeps a class of two rows or more in the training rows of every fold', () => {
    fc.assert(
      fc.property(case_, ([y, k, seed]) => {
        for (const { train } of foldRows(divisible(y), k, { stratify: true, seed })) {
          for (const c of new Set(y)) {
            if (count(all(y.length), y, c) > 1) expect(count(train, y, c)).toBeGreaterThan(0);
          }
        }
      }),
    );
  });

  it('names more folds than rows and a count that is none', () => {
    expect(() => foldRows(divisible([0, 1, 0]), 4)).toThrow('count: 4 folds are more than the 3 rows');
    expect(() => foldRows(divisible([0, 1, 0]), 1)).toThrow('count: expected a whole number of folds from 2 up, got 1');
    expect(() => foldRows(divisible([0, 1, 0]), 2.5)).toThrow('expected a whole number of folds from 2 up, got 2.5');
  });
});
