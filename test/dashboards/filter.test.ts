import { describe, expect, test } from 'vitest';
import { type Field, fieldsOf } from '../../dashboards/src/fields.js';
import {
  filterText,
  lackingIn,
  lackingOnly,
  parseFilter,
  passes,
  type Wanted,
  withLacking,
} from '../../dashboards/src/filter.js';
import { wantedText } from '../../dashboards/src/views/table-filter.js';
import type { StudyInfo } from '../../src/tune/events.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

const fields: readonly Field[] = fieldsOf(
  {
    objective: { metric: 'loss', direction: 'minimize' },
    space: [
      { name: 'optimizer', kind: 'choice', options: ['adam', 'sgd'] },
      { name: 'momentum', kind: 'float', low: 0, high: 1, condition: 'optimizer is sgd' },
      { name: 'decay', kind: 'choice', options: ['!', 'on, off'], condition: 'optimizer is adam' },
    ],
  } as unknown as StudyInfo,
  [],
);
const trial = (hparams: Record<string, unknown>) => ({ hparams }) as unknown as TrialRecord;
const [adam, slow, fast] = [
  trial({ optimizer: 'adam', decay: '!' }),
  trial({ optimizer: 'sgd', momentum: 0.1 }),
  trial({ optimizer: 'sgd', momentum: 0.95 }),
];
const passing = (filter: Record<string, Wanted>) => [adam, slow, fast].filter(each => passes(filter, fields, each));

describe('what the filter wants of a hyperparameter that some trials lack', () => {
  test('is that they have it, unless those that lack it are wanted too, or alone', () => {
    const high = { low: 0.9, high: undefined };
    expect(passing({ 'hparam momentum': high })).toEqual([fast]);
    expect(passing({ 'hparam momentum': { ...high, lacking: true } })).toEqual([adam, fast]);
    expect(passing({ 'hparam momentum': lackingOnly })).toEqual([adam]);
    expect(passing({ 'hparam momentum': {} })).toEqual([slow, fast]);
    expect(passing({ 'hparam decay': { of: ['!'] } })).toEqual([adam]);
    expect(passing({ 'hparam decay': lackingOnly })).toEqual([slow, fast]);
  });

  test('stands in the link, beside ranges and categories of any name', () => {
    for (const [filter, text] of [
      [{ 'hparam momentum': lackingOnly }, 'hparam%20momentum=!'],
      [{ 'hparam momentum': { low: 0.9, high: undefined, lacking: true } }, 'hparam%20momentum=0.9..,!'],
      [{ 'hparam momentum': { low: undefined, high: undefined } }, 'hparam%20momentum=..'],
      [{ 'hparam decay': { of: ['!', 'on, off'], lacking: true } }, 'hparam%20decay=%21,on%2C%20off,!'],
      [{ 'hparam decay': { of: ['!'] }, state: { of: ['complete'] } }, 'hparam%20decay=%21;state=complete'],
    ] as const) {
      expect(filterText(filter)).toBe(text);
      expect(parseFilter(text)).toEqual(filter);
    }
  });

  test('can be said in words', () => {
    expect(wantedText(lackingOnly)).toBe('not there');
    expect(wantedText({ low: 0.9, lacking: true })).toBe('at least 0.9 or not there');
    expect(wantedText({ of: ['a', 'b'], lacking: true })).toBe('a, b or not there');
    expect(wantedText({})).toBe('any number');
  });

  test('changes with what becomes of those that lack it, and keeps what is wanted of the others', () => {
    const range = { low: 0.9, high: undefined };
    expect(lackingIn(undefined)).toBe('kept');
    expect(withLacking(undefined, 'left-out', {})).toEqual({});
    expect(withLacking(range, 'kept', {})).toEqual({ ...range, lacking: true });
    expect(withLacking({ ...range, lacking: true }, 'left-out', {})).toEqual(range);
    expect(withLacking(range, 'only', {})).toEqual(lackingOnly);
    expect(withLacking(lackingOnly, 'left-out', { of: ['a'] })).toEqual({ of: ['a'] });
    expect(withLacking(lackingOnly, 'kept', {})).toBeUndefined();
    expect(lackingIn(lackingOnly)).toBe('only');
    expect(lackingIn({ ...range, lacking: true })).toBe('kept');
    expect(lackingIn(range)).toBe('left-out');
  });
});
