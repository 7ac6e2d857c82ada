import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../dashboards/src/fields.js';
import { compareRows } from '../../dashboards/src/views/compare-rows.js';
import { columnsText, parseColumns, usualColumns } from '../../dashboards/src/views/table-columns.js';
import { csvOf, fileName } from '../../dashboards/src/views/table-csv.js';
import { wantedText } from '../../dashboards/src/views/table-filter.js';
import { parseSort, type SortBy, sortedBy, sortText, sortTrials } from '../../dashboards/src/views/table-sort.js';
import { rowsInSight } from '../../dashboards/src/views/table-window.js';
import { exportCsv } from '../../src/journal/export-csv.js';
import type { StudyInfo } from '../../src/tune/events.js';
import { foldEvent, foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type TrialRecord } from '../../src/tune/study-state.js';
import { madeUpStudy } from '../live/made-up-study.js';

const info: StudyInfo = {
  name: 'study',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space: [
    { name: 'size', kind: 'ordinal', options: ['9', '16', '128'] },
    { name: 'rate', kind: 'float', low: 0, high: 1 },
    { name: 'kind', kind: 'choice', options: [] },
  ],
  sampler: 'random',
  rules: [],
  parallel: 1,
};
const fields = fieldsOf(info, ['valLoss', 'loss']);
const trial = (number: number, more: Partial<TrialRecord> = {}): TrialRecord => ({
  number,
  state: 'complete',
  hparams: {},
  reports: [],
  epochs: 1,
  samples: 0,
  startedAt: 0,
  ...more,
});
const by = (...keys: readonly string[]): SortBy[] =>
  keys.map(key => ({ key: key.replace(/^-/, ''), descending: key.startsWith('-') }));

describe('the order of the table', () => {
  test('is by size, by the order of options, by the alphabet, and what is missing comes last either way', () => {
    const trials = [
      trial(0, { value: 3, hparams: { size: 128, kind: 'b' } }),
      trial(1, { hparams: { size: 9, kind: 'a' } }),
      trial(2, { value: -1, hparams: { size: 16 } }),
      trial(3, { value: 3, hparams: { kind: 'b' } }),
      trial(4, { value: Number.NaN, hparams: { size: 9 } }),
    ];
    expect(sortTrials(trials, fields, by('value'))).toEqual([2, 0, 3, 1, 4]);
    expect(sortTrials(trials, fields, by('-value'))).toEqual([0, 3, 2, 1, 4]);
    expect(sortTrials(trials, fields, by('hparam size'))).toEqual([1, 4, 2, 0, 3]);
    expect(sortTrials(trials, fields, by('-hparam size'))).toEqual([0, 2, 1, 4, 3]);
    expect(sortTrials(trials, fields, by('hparam kind', '-number'))).toEqual([1, 3, 0, 4, 2]);
    expect(sortTrials(trials, fields, by('-number'))).toEqual([4, 3, 2, 1, 0]);
    expect(sortTrials(trials, fields, by('no such field'))).toEqual([0, 1, 2, 3, 4]);
    expect(sortTrials([], fields, by('value'))).toEqual([]);
  });

  test('by several fields is that of comparing them one after the other', () => {
    const some = fc.record({
      value: fc.option(fc.constantFrom(-1, 0, 1e-300, 2, 1e300), { nil: undefined }),
      rate: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      state: fc.constantFrom('running', 'complete', 'failed'),
      descending: fc.boolean(),
    });
    const keys = fc.shuffledSubarray(['value', 'hparam rate', 'state'], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), keys, (made, names) => {
        const trials = made.map(({ value, rate, state }, i) =>
          trial(i, { value, state: state as TrialRecord['state'], hparams: rate === undefined ? {} : { rate } }),
        );
        const sorting = names.map((key, i) => ({ key, descending: made[i]?.descending ?? false }));
        const oracle = [...trials].sort((a, b) => {
          for (const { key, descending } of sorting) {
            const field = fields.find(each => each.key === key);
            const [x, y] = [field?.of(a), field?.of(b)];
            if (x === y) continue;
            if (x === undefined) return 1;
            if (y === undefined) return -1;
            return (x < y ? -1 : 1) * (descending ? -1 : 1);
          }
          return a.number - b.number;
        });
        expect(sortTrials(trials, fields, sorting)).toEqual(oracle.map(({ number }) => number));
      }),
    );
  });

  test('stands in the address, and a click on a title turns it around or adds to it', () => {
    expect(sortText(by('-number'))).toBeUndefined();
    expect(parseSort(undefined)).toEqual(by('-number'));
    const odd = [{ key: 'hparam a,-b=c', descending: true }, ...by('value')];
    expect(parseSort(sortText(odd))).toEqual(odd);
    expect(parseSort('%E0%A4%A')).toEqual(by('-number'));
    expect(sortedBy(by('-number'), 'value', false)).toEqual(by('value'));
    expect(sortedBy(by('value'), 'value', false)).toEqual(by('-value'));
    expect(sortedBy(by('value'), 'number', false)).toEqual(by('-number'));
    expect(sortedBy(by('state'), 'value', true)).toEqual(by('state', 'value'));
    expect(sortedBy(by('state', 'value'), 'state', true)).toEqual(by('-state', 'value'));
  });
});

describe('the columns', () => {
  test('are the usual ones until others are chosen, which stand in the address in the order of the fields', () => {
    expect(parseColumns(undefined, fields)).toEqual(usualColumns(fields));
    expect(columnsText(usualColumns(fields), fields)).toBeUndefined();
    const chosen = ['number', 'value', 'metric loss', 'hparam rate'];
    expect(parseColumns(columnsText(chosen, fields), fields)).toEqual(chosen);
    expect(parseColumns('ending,value,no such', fields)).toEqual(['number', 'value', 'ending']);
  });

  test('say what is wanted of a field in words', () => {
    expect(wantedText({ low: 0.001, high: 1 / 3 })).toBe('0.001 to 0.3333');
    expect(wantedText({ low: 16 })).toBe('at least 16');
    expect(wantedText({ high: 16 })).toBe('at most 16');
    expect(wantedText({ of: ['adam', 'sgd'] })).toBe('adam, sgd');
  });
});

describe('the rows that are there', () => {
  test('are those in sight and some around them, whatever the scrolling', () => {
    expect(rowsInSight(10_000, 37, { top: 100, from: 100, to: 900 }, 6)).toEqual({ first: 0, end: 28 });
    expect(rowsInSight(10_000, 37, { top: 100 - 37 * 500, from: 100, to: 840 }, 6)).toEqual({ first: 494, end: 526 });
    expect(rowsInSight(3, 37, { top: 100, from: 100, to: 900 })).toEqual({ first: 0, end: 3 });
    expect(rowsInSight(0, 37, { top: 100, from: 100, to: 900 })).toEqual({ first: 0, end: 0 });
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: -4e5, max: 1e4 }), fc.nat(2000), (rows, top, size) => {
        const { first, end } = rowsInSight(rows, 37, { top, from: 0, to: size });
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(rows);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(size / 37) + 14);
        for (let row = 0; row < rows; row += 97) {
          const visible = top + row * 37 < size && top + (row + 1) * 37 > 0;
          if (visible) expect(row >= first && row < end).toBe(true);
        }
      }),
    );
  });
});

describe('the CSV of the page', () => {
  test('is that of the command, digit by digit, from a state that keeps no reports', () => {
    const events = [...madeUpStudy({ trials: 40, details: false })];
    const whole = events.reduce(foldEvent, emptyStudy);
    // As it comes over the wire: what was NaN is null.
    const light = events.map(event => JSON.parse(JSON.stringify(event))).reduce(foldWithoutReports, emptyStudy);
    const metrics = ['loss', 'valLoss', 'valAccuracy'];
    expect(csvOf({ study: light, metrics }, light.trials.values())).toBe(exportCsv({ state: whole }));
  });

  test('has a name that every file system takes', () => {
    expect(fileName('a study: "x" / ../<img>', 'csv')).toBe('a-study-x-..-img.csv');
    expect(fileName('///', 'csv')).toBe('study.csv');
  });
});

describe('trials side by side', () => {
  test('say what differs, and which has the best value of the objective', () => {
    const stop = { by: 'median', reason: 'worse', outcome: 'pruned', epoch: 2 } as const;
    const rows = compareRows(
      [
        trial(4, { value: 2, bestEpoch: 1, hparams: { rate: 0.1, kind: 'a' }, stop }),
        trial(7, { value: 1, bestEpoch: 1, hparams: { rate: 0.100000001, kind: 'a' } }),
      ],
      fields,
      false,
    );
    const row = (key: string) => rows.find(each => each.key === key);
    expect(row('value')).toMatchObject({ cells: ['2.0000', '1.0000'], differs: true, best: 1 });
    expect(row('hparam kind')).toMatchObject({ cells: ['a', 'a'], differs: false });
    // Also where the rounded texts are the same.
    expect(row('hparam rate')).toMatchObject({ cells: ['0.1', '0.1'], differs: true });
    expect(row('ending')?.cells).toEqual(['median at epoch 2', '']);
  });
});
