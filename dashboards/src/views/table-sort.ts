import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Field } from '../fields.js';

/** By which fields trials are sorted, the first one first; by their number, the newest first, where that says nothing. */
export interface SortBy {
  readonly key: string;
  readonly descending: boolean;
}

/** The newest trial first. */
export const newestFirst: readonly SortBy[] = [{ key: 'number', descending: true }];

/** The sorting as it stands in the address: `value,-epochs`; undefined for the usual one. */
export function sortText(sorting: readonly SortBy[]): string | undefined {
  const text = sorting.map(({ key, descending }) => (descending ? '-' : '') + encodeURIComponent(key)).join(',');
  return text === '-number' ? undefined : text;
}

/** The sorting that the text stands for; what is not there is the usual one. */
export function parseSort(text: string | undefined): readonly SortBy[] {
  const sorting = (text ?? '').split(',').flatMap((part): SortBy[] => {
    const descending = part.startsWith('-');
    try {
      const key = decodeURIComponent(part.slice(descending ? 1 : 0));
      return key === '' ? [] : [{ key, descending }];
    } catch {
      return [];
    }
  });
  return sorting.length === 0 ? newestFirst : sorting;
}

/** A click on a column's title: sorts by it, or turns it around; `more` keeps the others before it. */
export function sortedBy(sorting: readonly SortBy[], key: string, more: boolean): readonly SortBy[] {
  const before = sorting.find(each => each.key === key);
  const next = { key, descending: before === undefined ? key === 'number' : !before.descending };
  if (!more) return [next];
  return before === undefined ? [...sorting, next] : sorting.map(each => (each.key === key ? next : each));
}

/**
 * The numbers of the trials in order: numbers by size, ordered options in their order, words by the alphabet, what is missing always
 * last; equal ones by their number.
 */
export function sortTrials(
  trials: readonly TrialRecord[],
  fields: readonly Field[],
  sorting: readonly SortBy[],
): number[] {
  const by = sorting.flatMap(({ key, descending }) => {
    const field = fields.find(each => each.key === key);
    return field === undefined ? [] : [{ ranks: ranksOf(trials, field), sign: descending ? -1 : 1 }];
  });
  const compare = (a: number, b: number): number => {
    for (const { ranks, sign } of by) {
      const [x, y] = [ranks[a] as number, ranks[b] as number];
      if (x === y) continue;
      if (Number.isNaN(x) || Number.isNaN(y)) {
        if (Number.isNaN(x) && Number.isNaN(y)) continue;
        return Number.isNaN(x) ? 1 : -1;
      }
      return sign * (x < y ? -1 : 1);
    }
    return (trials[a] as TrialRecord).number - (trials[b] as TrialRecord).number;
  };
  return Array.from(trials, (_, i) => i)
    .sort(compare)
    .map(i => (trials[i] as TrialRecord).number);
}

/** A number for every trial by which it is sorted, so that no text is compared while sorting; NaN for what is missing. */
function ranksOf(trials: readonly TrialRecord[], field: Field): Float64Array {
  const values = trials.map(trial => field.of(trial));
  if (field.kind === 'number') return Float64Array.from(values, value => (typeof value === 'number' ? value : NaN));
  const words = new Set(values.filter(value => value !== undefined).map(String));
  const known = (field.options ?? []).filter(option => words.delete(option));
  const ranks = new Map([...known, ...[...words].sort()].map((word, rank) => [word, rank]));
  return Float64Array.from(values, value => (value === undefined ? NaN : (ranks.get(String(value)) as number)));
}
