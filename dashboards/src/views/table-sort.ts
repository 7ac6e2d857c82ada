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
  let places = new Float64Array(trials.length);
  for (const { key, descending } of sorting) {
    const field = fields.find(each => each.key === key);
    if (field === undefined) continue;
    const { ranks, count } = ranksOf(trials, field);
    for (const [i, rank] of ranks.entries()) {
      const own = rank < 0 ? count : descending ? count - 1 - rank : rank;
      places[i] = (places[i] as number) * (count + 1) + own;
    }
    places = densely(places).ranks;
  }
  const most = trials.reduce((greatest, { number }) => Math.max(greatest, number), 0) + 1;
  const keys = places.map((place, i) => place * most + (trials[i] as TrialRecord).number).sort();
  return Array.from(keys, key => key % most);
}

/** The rank of every trial's value among the different ones, and how many those are; −1 for what is missing. */
function ranksOf(
  trials: readonly TrialRecord[],
  field: Field,
): { readonly ranks: Float64Array<ArrayBuffer>; readonly count: number } {
  const values = trials.map(trial => field.of(trial));
  if (field.kind === 'number') {
    return densely(Float64Array.from(values, value => (typeof value === 'number' ? value : Number.NaN)));
  }
  const words = new Set(values.filter(value => value !== undefined).map(String));
  const known = (field.options ?? []).filter(option => words.delete(option));
  const order = new Map([...known, ...[...words].sort()].map((word, rank) => [word, rank]));
  const ranks = Float64Array.from(values, value => (value === undefined ? -1 : (order.get(String(value)) as number)));
  return { ranks, count: order.size };
}

/** Numbers as their ranks, 0, 1, 2, … without gaps; NaN as −1. */
function densely(values: Float64Array): { readonly ranks: Float64Array<ArrayBuffer>; readonly count: number } {
  const order = new Map<number, number>();
  // NaN is the last in the order of a typed array.
  for (const value of values.slice().sort()) {
    if (Number.isNaN(value)) break;
    if (!order.has(value)) order.set(value, order.size);
  }
  return { ranks: Float64Array.from(values, value => order.get(value) ?? -1), count: order.size };
}
