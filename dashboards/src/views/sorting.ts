import type { TrialRecord } from '../../../src/tune/study-state.js';

/** By which column the trials are sorted, and which way. */
export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** Numbers by size, words by the alphabet, numbers before words, what is missing always last; equal ones by their number. */
export function compareBy(
  order: (trial: TrialRecord) => string | number | undefined,
  descending: boolean,
): (a: TrialRecord, b: TrialRecord) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [order(a), order(b)];
    if (x === undefined || y === undefined) {
      return x === y ? a.number - b.number : x === undefined ? 1 : -1;
    }
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y) || a.number - b.number;
    if (typeof x === 'number' || typeof y === 'number') return typeof x === 'number' ? -1 : 1;
    return sign * (x < y ? -1 : x > y ? 1 : 0) || a.number - b.number;
  };
}
