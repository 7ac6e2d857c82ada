import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initCommand } from '../../src/cli/init-command.js';
import { searchJsonSchema } from '../../src/config/json-schema.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { InputError } from '../../src/errors.js';
import { tune } from '../../src/tune/tune.js';
import { openFolder } from '../config/folder.js';
import { fakeIo } from './fake-io.js';
import { rxnn } from './rxnn.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const folder = openFolder();
const validate = new Ajv({ strictTypes: false }).compile(searchJsonSchema());
beforeAll(() => {
  for (const name of ['digits', 'iris', 'diabetes']) {
    folder.write(`${name}.csv`, readFileSync(join(examples, name, `${name}.csv`), 'utf8'));
  }
});
afterAll(() => folder.remove());

/** Writes a search file for a data file: the file, and what was said. */
async function init(data: string, target: string, out = `${data}.search.json`) {
  const { io, stdout } = fakeIo();
  expect(await initCommand(join(folder.path, data), { target, out: join(folder.path, out), force: true }, io)).toBe(0);
  const search = JSON.parse(readFileSync(join(folder.path, out), 'utf8'));
  expect(validate(search), JSON.stringify(validate.errors)).toBe(true);
  return { search, said: stdout.text().trim().split('\n'), path: join(folder.path, out) };
}

describe('rxnn init', () => {
  test.each([
    ['digits.csv', 'digit', { split: { validation: 0.2, stratify: true, seed: 0 } }],
    ['iris.csv', 'species', { folds: { count: 5, stratify: true, seed: 0 } }],
    ['diabetes.csv', 'progression', { folds: { count: 5, seed: 0 } }],
  ])('%s: the file that it writes tunes', async (data, target, divided) => {
    const { search, path, said } = await init(data, target);
    expect(search.data).toMatchObject({ source: data, target, ...divided });
    expect(said[0]).toMatch(new RegExp(`^${data}: \\d+ rows, \\d+ columns beside the target "${target}"$`));
    // The same, for a moment only.
    const opened = await loadSearchFile(folder.write(`short-${data}.json`, { ...search, epochs: 1, trials: 1 }), {
      threads: false,
      device: 'simd',
    });
    expect(opened.notes).toEqual([]);
    const events = await lastValueFrom(tune(opened.options).pipe(toArray()));
    await opened.close();
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', counts: { complete: 1, failed: 0 } });
    const whole = await loadSearchFile(path, { threads: false, device: 'simd' });
    expect(whole.notes).toEqual([]);
    await whole.close();
  });

  test('leaves out what identifies rows, imputes, weighs classes out of balance, keeps groups together, reads other delimiters', async () => {
    const rows = Array.from({ length: 120 }, (_, i) =>
      [
        i + 1,
        `p${i % 30}`,
        `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`,
        i % 9 === 0 ? '' : i % 7,
        'same',
        ['x', 'y'][i % 2],
        i % 10 === 0 ? 'ill' : 'well',
      ].join(';'),
    );
    folder.write('visits.csv', ['row_id;patient;date;a;constant;kind;health', ...rows].join('\n'));
    const { search, said } = await init('visits.csv', 'health');
    expect(search).toMatchObject({
      data: {
        source: 'visits.csv',
        delimiter: ';',
        ignore: ['row_id', 'date', 'constant'],
        impute: 'median',
        folds: { count: 5, stratify: true, groups: 'patient' },
      },
      loss: { crossEntropy: { classWeights: [5, 0.556] } },
      metrics: ['accuracy', 'f1'],
    });
    expect(said).toEqual([
      'visits.csv: 120 rows, 6 columns beside the target "health"',
      'classification: 2 classes, ill (12), well (108)',
      '1 column of numbers, 1 of categories to predict from',
      'left out: row_id, which has another value in every row',
      'left out: date, which holds dates; for folds in the order of time name it in "order"',
      'left out: constant, which has the same value in every row',
      'imputed: a, 14 of 120 values are missing',
      'weighted: the largest class has 9 times the rows of the smallest',
      'grouped: rows with the same patient stay on one side of every fold',
      'validated by 5 folds, as 120 rows are few',
    ]);
    const opened = await loadSearchFile(folder.write('visits.json', { ...search, epochs: 1, trials: 1 }), {
      threads: false,
    });
    const events = await lastValueFrom(tune(opened.options).pipe(toArray()));
    await opened.close();
    expect(events.at(-1)).toMatchObject({ counts: { complete: 1 } });
  });

  test('says of a column without any value that it has none', async () => {
    folder.write('gaps.csv', 'a,b,y\n1,NaN,0.5\n2,,1.5\n4,nan,2.25\n7,NaN,3.125\n9,NaN,4.5\n11,,5.0625\n');
    const { search, said } = await init('gaps.csv', 'y');
    expect(search.data.ignore).toEqual(['b']);
    expect(said).toContain('left out: b, which has no value in any row');
    expect(said).toContain('1 column of numbers, 0 of categories to predict from');
  });

  test('what cannot be is one sentence', async () => {
    const problem = async (target: string, out: string, data = 'iris.csv') => {
      const promise = initCommand(join(folder.path, data), { target, out }, fakeIo().io);
      const error: unknown = await promise.catch((reason: unknown) => reason);
      if (!(error instanceof InputError)) throw error;
      return error.message.replaceAll(`${folder.path}/`, '');
    };
    expect(await problem('specie', 'x.json')).toBe(
      '--target: no column "specie" (did you mean "species"?); there are "sepal_length", "sepal_width", "petal_length", "petal_width", "species"',
    );
    folder.write('bare.csv', 'a,b,y\n1,NaN,0\n1,,1\n1,NaN,0\n');
    expect(await problem('y', join(folder.path, 'x.json'), 'bare.csv')).toBe(
      'bare.csv: no column is left to predict from: left out are a, which has the same value in every row; b, which has no value in any row',
    );
    folder.write('alone.csv', 'y\n0\n1\n');
    expect(await problem('y', join(folder.path, 'x.json'), 'alone.csv')).toBe(
      'alone.csv: no column is left to predict from: "y" is the only one',
    );
    folder.write('there.json', '{}');
    expect(await problem('species', join(folder.path, 'there.json'))).toBe(
      '--out: there.json is there already; give another name, or --force to replace it',
    );
  });

  test('is a command, whose file names its schema and is seen by tune --dry-run', async () => {
    const made = await rxnn(['init', 'iris.csv', '--target', 'species'], { cwd: folder.path });
    expect(made).toMatchObject({
      code: 0,
      stderr: 'search.json is written; see what would run: rxnn tune search.json --dry-run\n',
    });
    const { $schema } = JSON.parse(readFileSync(join(folder.path, 'search.json'), 'utf8'));
    expect(JSON.parse(readFileSync(join(folder.path, $schema), 'utf8'))).toHaveProperty(
      'title',
      'A search file of rxnn',
    );
    const dry = await rxnn(['tune', 'search.json', '--dry-run'], { cwd: folder.path });
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('150 rows');
  });
});
