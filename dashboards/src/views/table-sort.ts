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
  // Every trial becomes one number, so that the sorting itself compares no objects: its ranks by each field, then its own number.
  const places = new Float64Array(trials.length);
  let newest = false;
  for (const { key, descending } of sorting) {
    // No two trials have the same number: nothing after it matters.
    if (key === 'number') {
      newest = descending;
      break;
    }
    const field = fields.find(each => each.key === key);
    if (field === undefined) continue;
    const { ranks, count } = ranksOf(trials, field);
    for (let i = 0; i < ranks.length; i++) {
      const rank = ranks[i] as number;
      const own = rank < 0 ? count : descending ? count - 1 - rank : rank;
      places[i] = (places[i] as number) * (count + 1) + own;
    }
    densely(places);
  }
  let most = 1;
  for (const { number } of trials) if (number >= most) most = number + 1;
  for (let i = 0; i < places.length; i++) {
    const { number } = trials[i] as TrialRecord;
    places[i] = (places[i] as number) * most + (newest ? most - 1 - number : number);
  }
  places.sort();
  const order: number[] = [];
  for (const place of places) order.push(newest ? most - 1 - (place % most) : place % most);
  return order;
}

/** The rank of every trial's value among the different ones, and how many those are; −1 for what is missing. */
function ranksOf(
  trials: readonly TrialRecord[],
  field: Field,
): { readonly ranks: Float64Array; readonly count: number } {
  const ranks = new Float64Array(trials.length);
  if (field.kind === 'number') {
    for (let i = 0; i < ranks.length; i++) {
      const value = field.of(trials[i] as TrialRecord);
      ranks[i] = typeof value === 'number' ? value : Number.NaN;
    }
    return { ranks, count: densely(ranks) };
  }
  const values = trials.map(trial => field.of(trial));
  const words = new Set(values.filter(value => value !== undefined).map(String));
  const known = (field.options ?? []).filter(option => words.delete(option));
  const order = new Map([...known, ...[...words].sort()].map((word, rank) => [word, rank]));
  for (const [i, value] of values.entries()) ranks[i] = value === undefined ? -1 : (order.get(String(value)) as number);
  return { ranks, count: order.size };
}

/** Makes numbers their ranks, 0, 1, 2, … without gaps, NaN −1; returns how many different ones there are. */
function densely(values: Float64Array): number {
  const distinct = values.slice().sort();
  let count = 0;
  // NaN is the last in the order of a typed array.
  for (const value of distinct) {
    if (Number.isNaN(value)) break;
    if (count === 0 || value !== distinct[count - 1]) distinct[count++] = value;
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let low = Number.isNaN(value) ? -1 : 0;
    let high = low < 0 ? -1 : count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((distinct[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    values[i] = low;
  }
  return count;
}
