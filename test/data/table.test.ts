import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/data/csv.js';
import type { Preprocessing } from '../../src/data/preprocessing.js';
import { tableFrom, tableFromRows } from '../../src/data/table.js';
import type { TableOptions } from '../../src/data/table-options.js';
import { transform } from '../../src/data/transform.js';
import { random } from '../../src/random.js';

const csv = (text: string, options: TableOptions) => tableFrom(parseCsv(text, 'f.csv'), options);
const column = (x: Float32Array, features: number, c: number) => [...x].filter((_, i) => i % features === c);
const message = (text: string) => expect.objectContaining({ name: 'InputError', message: text });

describe('column types', () => {
  it('are numbers where the cells are, else categories, one-hot in an order of their own', () => {
    const data = csv('n,c,y\n1,b,p\n2.5,a,q\n-3e1,b,p', { target: 'y' }).all();
    expect(data.featureNames).toEqual(['n', 'c=a', 'c=b']);
    expect([...data.x]).toEqual([1, 0, 1, 2.5, 1, 0, -30, 0, 1]);
    expect(data).toMatchObject({ task: 'classification', classes: ['p', 'q'], targets: 1, targetNames: ['y'] });
    expect([...data.y]).toEqual([0, 1, 0]);
  });

  it('can be stated', () => {
    const data = csv('n,y\n10,p\n9,q', { target: 'y', types: { n: 'category' } }).all();
    expect(data.featureNames).toEqual(['n=9', 'n=10']);
  });

  it('of booleans in JSON are categories', () => {
    const data = tableFromRows(
      [
        { on: true, y: 0.5 },
        { on: false, y: 1.5 },
      ],
      { target: 'y' },
    ).all();
    expect(data.featureNames).toEqual(['on=false', 'on=true']);
  });

  it('do not mind names that objects have', () => {
    const data = csv('__proto__,constructor,toString,y\n1,a,2,p\n3,b,4,q', { target: 'y', scale: 'standard' }).all();
    expect(data.featureNames).toEqual(['__proto__', 'constructor=a', 'constructor=b', 'toString']);
    expect([...data.x]).toEqual([-1, 1, 0, -1, 1, 0, 1, 1]);
  });

  it.each([
    ['text among numbers', 'a,y\n1,p\nx,q\n3,p', 'f.csv: row 2 (line 3), column "a": expected a number, got "x"'],
    ['infinity', 'a,y\n1,p\n-inf,q', 'f.csv: row 2 (line 3), column "a": expected a finite number, got "-inf"'],
    [
      'a number beyond float64',
      'a,y\n1,p\n1e999,q',
      'f.csv: row 2 (line 3), column "a": expected a finite number, got "1e999"',
    ],
    [
      'NaN',
      'a,y\n1,p\nNaN,q',
      'f.csv: row 2 (line 3), column "a": the value is missing ("NaN"); mend it or impute with mean, median or mostFrequent',
    ],
    [
      'an empty cell',
      'a,y\n1,p\n,q',
      'f.csv: row 2 (line 3), column "a": the value is missing (an empty cell); mend it or impute with mean, median or mostFrequent',
    ],
    [
      'a missing target',
      'a,y\n1,p\n2,',
      'f.csv: row 2 (line 3), column "y": the value is missing (an empty cell); a target cannot be imputed',
    ],
    [
      'text in a numeric target',
      'a,y\n1,1.5\n2,2.5\n3,x',
      'f.csv: row 3 (line 4), column "y": expected a number, got "x"',
    ],
    [
      'one class',
      'a,y\n1,p\n2,p',
      'f.csv: column "y": there is one class only, "p", and a classification needs at least two',
    ],
  ])('name the row and column of %s', (_, text, expected) => {
    expect(() => csv(text, { target: 'y' })).toThrow(message(expected));
  });

  it('names the row and column of a number beyond float32, unless scaling brings it back', () => {
    const text = 'a,y\n1,p\n1e39,q';
    expect(() => csv(text, { target: 'y' }).all()).toThrow(
      message('f.csv: row 2 (line 3), column "a": 1e+39 is beyond what a float32 can hold'),
    );
    expect([...csv(text, { target: 'y', scale: 'minmax' }).all().x]).toEqual([0, 1]);
    expect(() => csv('a,y\n-1e308,p\n1e308,q', { target: 'y', scale: 'minmax' }).all()).toThrow(
      message('f.csv: column "a": the numbers are too large to be scaled'),
    );
  });

  it('refuses a column with more categories than anybody wants', () => {
    const text = `name,y\n${Array.from({ length: 1001 }, (_, i) => `n${i}x,${i % 2}`).join('\n')}`;
    expect(() => csv(text, { target: 'y' }).all()).toThrow(/column "name": 1001 categories are more than the 1000/);
  });
});

describe('the target', () => {
  it('is a classification for text and few whole numbers that repeat, a regression otherwise', () => {
    const task = (values: readonly (number | string)[], stated?: 'classification' | 'regression') =>
      csv(`a,y\n${values.map(v => `1,${v}`).join('\n')}`, { target: 'y', task: stated }).task;
    expect(task(['p', 'q'])).toBe('classification');
    expect(task([0, 1])).toBe('classification');
    expect(task([1, 2, 3, 1, 2, 3])).toBe('classification');
    expect(task([1, 2, 3, 4])).toBe('regression');
    expect(task([0.5, 1])).toBe('regression');
    expect(task(Array.from({ length: 100 }, (_, i) => i % 21))).toBe('regression');
    expect(task([0, 1], 'regression')).toBe('regression');
    expect(task([0.5, 1], 'classification')).toBe('classification');
  });

  it('has its classes in the order of numbers, or of code units', () => {
    expect(csv('a,y\n1,10\n1,9\n1,10\n1,9', { target: 'y' }).classes).toEqual(['9', '10']);
    expect(csv('a,y\n1,ä\n1,b\n1,B', { target: 'y' }).classes).toEqual(['B', 'b', 'ä']);
    expect(csv('a,y\n1,1.0\n1,1\n1,2', { target: 'y', task: 'classification' }).classes).toEqual(['1', '2']);
  });

  it('may be several columns of numbers', () => {
    const data = csv('a,u,v\n1,1,2\n1,3,4', { target: ['v', 'u'] }).all();
    expect(data).toMatchObject({ task: 'regression', targets: 2, targetNames: ['v', 'u'], features: 1 });
    expect([...data.y]).toEqual([2, 1, 4, 3]);
  });
});

describe('options', () => {
  const text = 'a,b,w,y\n1,2,1,p\n3,4,0.5,q';

  it('choose features and weights', () => {
    const data = csv(text, { target: 'y', weights: 'w', ignore: ['a'] }).all();
    expect(data.featureNames).toEqual(['b']);
    expect([...data.weights!]).toEqual([1, 0.5]);
    expect(csv(text, { target: 'y', features: ['b', 'a'] }).columns).toEqual(['a', 'b']);
  });

  it.each<[Partial<TableOptions>, string]>([
    [{ target: 'z' }, 'target: no column "z" (did you mean "a"?); there are "a", "b", "w", "y"'],
    [{ target: [] }, 'target: expected at least one column'],
    [{ target: ['a', 'a'] }, 'target: a column is named twice'],
    [{ target: ['a', 'b'], task: 'classification' }, 'target: a classification has one target column, got 2'],
    [
      { task: 'regression', types: { y: 'category' } },
      'target: a regression needs numbers, and the column "y" holds categories',
    ],
    [{ ignore: ['zzzzz'] }, 'ignore: no column "zzzzz"; there are "a", "b", "w", "y"'],
    [{ features: ['y'] }, 'features: the target column "y" cannot be predicted from itself'],
    [{ ignore: ['y'] }, 'ignore: the target column "y" is ignored'],
    [{ features: [] }, 'features: no column is left to predict from'],
    [{ ignore: ['a', 'b', 'w'] }, 'target: no column is left to predict from'],
    [{ weights: 'y' }, 'weights: "y" is the target column'],
    [
      { scale: 'standart' as 'standard' },
      'scale: got "standart" (did you mean "standard"?), accepted are none, standard, minmax',
    ],
    [{ types: { a: 'text' as 'number' } }, 'types.a: got "text", accepted are number, category'],
  ])('that do not fit are named: %j', (options, expected) => {
    expect(() => csv(text, { target: 'y', ...options })).toThrow(message(expected));
  });

  it.each([
    ['a;b\n1;2', 'target: no column "b"; there is "a;b": are the cells delimited by ";" (option `delimiter`)?'],
    ['a\tb\n1\t2', 'target: no column "b"; there is "a\tb": are the cells delimited by "\\t" (option `delimiter`)?'],
  ])('hint at the delimiter when the header is one column that looks like several: %j', (text, expected) => {
    expect(() => csv(text, { target: 'b' })).toThrow(message(expected));
  });

  it('that are unknown or missing are named, with the nearest that there is', () => {
    const rows = [
      { a: 1, y: 'p' },
      { a: 2, y: 'q' },
    ];
    expect(() => tableFromRows(rows, { target: 'y', scal: 'standard' } as never)).toThrow(
      message(
        'tableFromRows: no option "scal" (did you mean "scale"?); there are target, task, types, features, ignore, scale, impute, weights',
      ),
    );
    expect(() => tableFromRows(rows, undefined as never)).toThrow(
      message('tableFromRows: expected options such as { target: … }, got undefined (undefined)'),
    );
    const table = tableFromRows(rows, { target: 'y' });
    expect(() => table.split(undefined as never)).toThrow(
      message('split: expected options such as { validation: … }, got undefined (undefined)'),
    );
    expect(() => table.split({ validate: 0.5 } as never)).toThrow(
      message('split: no option "validate" (did you mean "validation"?); there are validation, stratify, seed'),
    );
    expect(() => table.folds(2, { repeat: 2 } as never)).toThrow(
      message('folds: no option "repeat" (did you mean "repeats"?); there are stratify, seed, repeats, groups, order'),
    );
  });

  it('name a weight below zero, or beyond float32, by row and column', () => {
    expect(() => csv('a,w,y\n1,1,p\n2,-1,q', { target: 'y', weights: 'w' })).toThrow(
      message('f.csv: row 2 (line 3), column "w": expected a weight from 0 up, got -1'),
    );
    expect(() => csv('a,w,y\n1,1,p\n2,1e39,q', { target: 'y', weights: 'w' })).toThrow(
      message('f.csv: row 2 (line 3), column "w": 1e+39 is beyond what a float32 can hold'),
    );
  });
});

describe('imputation and scaling', () => {
  it('replace missing values by mean, median or the most frequent of the training rows', () => {
    const text = 'a,c,y\n1,u,p\n1,v,q\n4,v,p\nNA,,q';
    const last = (impute: 'mean' | 'median' | 'mostFrequent') => [
      ...csv(text, { target: 'y', impute }).all().x.slice(-3),
    ];
    expect(last('mean')).toEqual([2, 0, 1]);
    expect(last('median')).toEqual([1, 0, 1]);
    expect(last('mostFrequent')).toEqual([1, 0, 1]);
    expect(() => csv('a,b,y\n1,,p\n2,,q', { target: 'y', impute: 'mean' }).all()).toThrow(
      message('f.csv: column "b": there is no value in the training rows to impute from'),
    );
  });

  it('bring the training rows to mean 0 and deviation 1, or to 0 … 1; a constant column to 0', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -1e6, max: 1e6 }).map(v => v / 64),
          { minLength: 2 },
        ),
        values => {
          const rows = values.map((a, i) => ({ a, b: 0.1, y: i % 2 }));
          const x = (scale: 'standard' | 'minmax') => tableFromRows(rows, { target: 'y', scale }).all().x;
          const standard = column(x('standard'), 2, 0);
          const minmax = column(x('minmax'), 2, 0);
          const mean = standard.reduce((a, b) => a + b, 0) / values.length;
          const constant = values.every(value => value === values[0]);
          expect(mean).toBeCloseTo(0, 3);
          expect(standard.reduce((a, b) => a + b * b, 0) / values.length).toBeCloseTo(constant ? 0 : 1, 3);
          expect(Math.min(...minmax)).toBe(0);
          expect(Math.max(...minmax)).toBe(constant ? 0 : 1);
          expect(column(x('standard'), 2, 1).every(value => value === 0)).toBe(true);
        },
      ),
    );
  });

  it('are fitted on the training rows only: other validation rows leave the training matrix as it is, to the bit', () => {
    const draw = random(3, 'table');
    const rows = Array.from({ length: 40 }, (_, i) => ({
      a: draw.normal(),
      c: ['u', 'v', 'w'][draw.int(0, 2)]!,
      m: i % 5 === 0 ? null : draw.uniform(),
      y: i % 2,
    }));
    const options = { target: 'y', scale: 'standard', impute: 'mean' } as const;
    const how = { validation: 0.25, seed: 4 };
    const { train, validation } = tableFromRows(rows, options).split(how);
    const seen = column(validation.x, validation.features, 0);
    const scaled = (a: number) =>
      Math.fround((a - train.preprocessing!.columns[0]!.offset) / train.preprocessing!.columns[0]!.scale);
    const changed = rows.map(row => (seen.includes(scaled(row.a)) ? { ...row, a: 1e3, m: 1e3, c: 'never seen' } : row));
    expect(changed.filter(row => row.a === 1e3)).toHaveLength(10);
    const again = tableFromRows(changed, options).split(how);
    expect(again.train).toEqual(train);
    expect(again.validation.x).not.toEqual(validation.x);
    const oneHot = again.validation.featureNames.flatMap((name, c) => (name.startsWith('c=') ? [c] : []));
    for (const c of oneHot)
      expect(column(again.validation.x, again.validation.features, c).every(v => v === 0)).toBe(true);
  });
});

describe('transform', () => {
  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(v => Math.fround(v)) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const row = fc.record({ a: cell, b: cell, c: fc.constantFrom('u', 'v', 'wörter', null) });

  it('gives the same numbers to the bit from preprocessing that went through JSON', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 3, maxLength: 30 }),
        fc.constantFrom('mean', 'median', 'mostFrequent'),
        fc.constantFrom('none', 'standard', 'minmax'),
        (rows, impute, scale) => {
          fc.pre(['a', 'b', 'c'].every(name => rows.some(r => r[name as 'a'] !== null)));
          const table = tableFromRows(
            rows.map((r, i) => ({ ...r, y: i % 2 })),
            { target: 'y', impute, scale },
          );
          const data = table.all();
          const saved: Preprocessing = JSON.parse(JSON.stringify(data.preprocessing));
          const raw = parseCsv(['c,b,a', ...rows.map(r => [r.c, r.b, r.a].map(v => v ?? '').join(','))].join('\n'));
          const again = transform(saved, raw);
          expect(new Uint8Array(again.x.buffer)).toEqual(new Uint8Array(data.x.buffer));
          expect([again.rows, again.features]).toEqual([data.rows, data.features]);
        },
      ),
    );
  });

  it('names columns and cells that the model cannot take', () => {
    const { preprocessing } = csv('age,c,y\n1,u,p\n2,v,q', { target: 'y' }).all();
    const predict = (text: string) => () => transform(preprocessing!, parseCsv(text, 'new.csv'));
    expect(predict('aged,c\n1,u')).toThrow(
      message('new.csv: no column "age" (did you mean "aged"?), which the model needs'),
    );
    expect(predict('age;c\n1;u')).toThrow(
      message(
        'new.csv: no column "age", which the model needs; there is "age;c": are the cells delimited by ";" (option `delimiter`)?',
      ),
    );
    expect(predict('age,c\nx,u')).toThrow(message('new.csv: row 1 (line 2), column "age": expected a number, got "x"'));
    expect(predict('age,c\n,u')).toThrow(
      message(
        'new.csv: row 1 (line 2), column "age": the value is missing (an empty cell); the model was trained without imputation',
      ),
    );
    expect([...transform(preprocessing!, parseCsv('c,more,age\nnew,1,5')).x]).toEqual([5, 0, 0]);
  });
});
