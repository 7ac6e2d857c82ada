import { describe, expect, it } from 'vitest';
import { duration, parseDuration } from '../../src/cli/duration.js';
import { lineWidth } from '../../src/cli/line-width.js';
import { count, counted, hyperparameter, metric, sparkline } from '../../src/cli/number.js';
import { deviceName, oneOf, parallelism, wholeNumber } from '../../src/cli/option-parsers.js';
import { table } from '../../src/cli/table.js';
import { InputError } from '../../src/errors.js';
import { fakeIo } from './fake-io.js';

describe('numbers for people', () => {
  it.each([
    [0.08123456, '0.0812'],
    [0, '0.0000'],
    [12.3456, '12.35'],
    [123.456, '123.5'],
    [12345.6, '12346'],
    [1.23456e-9, '1.23e-9'],
    [-4.5e7, '-4.50e+7'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '-∞'],
    [undefined, '–'],
    [null, '–'],
  ])('a metric %s reads %s', (value, text) => {
    expect(metric(value)).toBe(text);
  });

  it.each([
    [64, '64'],
    [0.00213456, '0.002135'],
    ['relu', 'relu'],
    [true, 'true'],
    [null, 'null'],
  ])('a hyperparameter %s reads %s', (value, text) => {
    expect(hyperparameter(value)).toBe(text);
  });

  it.each([
    [0.25, '0.3'],
    [7, '7'],
    [1234, '1,234'],
    [602_341, '602 k'],
    [4_600_000, '4.6 M'],
  ])('a count of %s reads %s', (value, text) => {
    expect(count(value)).toBe(text);
  });

  it('puts the noun into its number', () => {
    expect([counted(1, 'trial'), counted(0, 'trial')]).toEqual(['1 trial', '0 trials']);
  });

  it('draws curves by their own extremes, the logarithm of positive ones, with gaps', () => {
    expect(sparkline([1, 10, 100], 10)).toBe('▁▅█');
    expect(sparkline([-1, Number.NaN, 1], 10)).toBe('▁ █');
    expect(sparkline([5, 5], 10)).toBe('▁▁');
    expect(sparkline([], 10)).toBe('');
    expect(sparkline([1, 2], 0)).toBe('');
    expect(sparkline([9, 1, 2, 4], 2)).toHaveLength(2);
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['1h 30m', 5400],
    ['1.5h', 5400],
    ['500ms', 0.5],
    ['45', 45],
    ['2d', 172_800],
  ])('%s is %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'soon', '10x', '-5m', '0s', 'm10', '1e3'])('refuses "%s"', text => {
    expect(() => parseDuration(text)).toThrow(
      new InputError(`--time: expected a duration such as 90s, 10m or 1h30m, got "${text}"`),
    );
  });

  it.each([
    [0.42, '0.4 s'],
    [48.4, '48 s'],
    [185, '3:05'],
    [3729, '1:02:09'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s seconds read %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('options', () => {
  it('are checked before anything runs', () => {
    expect(wholeNumber('--trials', 1)('60')).toBe(60);
    expect(() => wholeNumber('--trials', 1)('0')).toThrow('--trials: expected a whole number from 1 up, got "0"');
    expect(() => wholeNumber('--port', 0, 65_535)('70000')).toThrow(
      '--port: expected a whole number from 0 to 65535, got "70000"',
    );
    expect(() => wholeNumber('--seed', 0)('')).toThrow('got ""');
    expect(parallelism('auto')).toBe('auto');
    expect(() => parallelism('many')).toThrow('--parallel: expected a whole number from 1 up, got "many"');
    expect(deviceName('auto')).toBe('auto');
    expect(() => deviceName('webgup')).toThrow(
      '--device: no device "webgup" (did you mean "webgpu"?); there are auto, webgpu, webgl2, simd, webasm, cpu',
    );
    expect(() => oneOf('--format', ['csv', 'json'])('jsn')).toThrow(
      '--format: expected csv or json, got "jsn" (did you mean "json"?)',
    );
  });
});

describe('a table', () => {
  const columns = [
    { title: 'trial', cells: ['#1', '#12'], align: 'right' as const },
    { title: 'ended', cells: ['patience', 'x'.repeat(40)], most: 10 },
    { title: 'units', cells: ['1', '2'], align: 'right' as const },
  ];

  it('aligns its columns and cuts long cells', () => {
    expect(table(columns, 80)).toEqual({
      heading: 'trial  ended       units',
      rows: ['   #1  patience        1', '  #12  xxxxxxxxx…      2'],
      notes: [],
    });
  });

  it('leaves out the last columns when there is no room, and says so', () => {
    expect(table(columns, 20)).toEqual({
      heading: 'trial  ended       …',
      rows: ['   #1  patience', '  #12  xxxxxxxxx…'],
      notes: ['no room for units'],
    });
  });

  it('keeps the columns that must stay when others do not fit', () => {
    const keeping = columns.map(column => (column.title === 'units' ? { ...column, keep: true as const } : column));
    expect(table(keeping, 18)).toEqual({
      heading: 'trial  units  …',
      rows: ['   #1      1', '  #12      2'],
      notes: ['no room for ended'],
    });
  });

  it('is as wide as the terminal or COLUMNS says, and has all columns in a file or a pipe', () => {
    expect(lineWidth(fakeIo({ columns: 70 }).stdout, { COLUMNS: '90' })).toBe(70);
    expect(lineWidth(fakeIo().stdout, { COLUMNS: '90' })).toBe(90);
    for (const COLUMNS of [undefined, '', '0', 'wide']) {
      expect(table(columns, lineWidth(fakeIo().stdout, { COLUMNS })).notes).toEqual([]);
    }
  });
});
