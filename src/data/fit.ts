import { InputError } from '../errors.js';
import { distinctLabels } from './label-order.js';
import type { FittedColumn } from './preprocessing.js';
import type { Impute, Scale } from './table-options.js';
import type { TypedColumn } from './typed-column.js';

/** More one-hot columns than this for one column are taken for a mistake: names, or numbers of rows. */
export const MAX_CATEGORIES = 1000;

/** How missing values are replaced and numbers scaled. */
export interface FitOptions {
  readonly impute: Impute;
  readonly scale: Scale;
}

/**
 * Fits one column on the given rows only: first what replaces missing values, then offset and scale of the completed
 * column. A constant column is scaled by 1, so it becomes 0.
 *
 * @throws InputError when there is nothing to impute from, too many categories, or numbers beyond what can be scaled.
 */
export function fitColumn(column: TypedColumn, rows: Uint32Array, { impute, scale }: FitOptions): FittedColumn {
  const { name } = column;
  if (column.type === 'category') {
    const present = Array.from(rows, row => column.values[row]).filter(value => value !== undefined);
    const categories = distinctLabels(present);
    if (categories.length > MAX_CATEGORIES) {
      const cure = 'ignore the column, or state its type as number';
      throw new InputError(
        `${categories.length} categories are more than the ${MAX_CATEGORIES} that are accepted; ${cure}`,
        {
          path: `column "${name}"`,
        },
      );
    }
    const fill = impute === 'error' ? {} : { impute: mostFrequent(present, categories, name) };
    return { name, type: 'category', categories, ...fill, offset: 0, scale: 1 };
  }
  const present = presentAt(column.values, rows);
  const fill = impute === 'error' ? undefined : imputations[impute](present, name);
  const complete = fill === undefined ? present : completeAt(column.values, rows, fill);
  const { offset, scale: by } = scalings[scale](complete);
  if (!Number.isFinite(offset) || !Number.isFinite(by)) {
    throw new InputError(`the numbers are too large to be scaled`, { path: `column "${name}"` });
  }
  return { name, type: 'number', ...(fill === undefined ? {} : { impute: fill }), offset, scale: by };
}

// Below, loops go by index: a study's start is too short for callbacks to become fast.

/** The numbers in the given rows that are there. */
function presentAt(values: Float64Array, rows: Uint32Array): Float64Array {
  const present = new Float64Array(rows.length);
  let count = 0;
  for (let r = 0; r < rows.length; r++) {
    const value = values[rows[r]!]!;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count);
}

/** The numbers in the given rows, with another in place of those that are missing. */
function completeAt(values: Float64Array, rows: Uint32Array, fill: number): Float64Array {
  const complete = new Float64Array(rows.length);
  for (let r = 0; r < rows.length; r++) {
    const value = values[rows[r]!]!;
    complete[r] = Number.isNaN(value) ? fill : value;
  }
  return complete;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length + 0;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] as number) + upper) / 2;
}

const imputations: Readonly<Record<Exclude<Impute, 'error'>, (values: Float64Array, name: string) => number>> = {
  mean: (values, name) => mean(something(values, name)),
  median: (values, name) => median(something(values, name)),
  mostFrequent: (values, name) =>
    mostFrequent(
      Array.from(values),
      Array.from(new Set(values)).sort((a, b) => a - b),
      name,
    ),
};

const scalings: Readonly<Record<Scale, (values: Float64Array) => { offset: number; scale: number }>> = {
  none: () => ({ offset: 0, scale: 1 }),
  standard(values) {
    const { low, high } = range(values);
    if (low === high) return { offset: low, scale: 1 };
    // Relative to the range, so that squares neither overflow nor vanish.
    const offset = mean(values);
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const distance = (values[i]! - offset) / (high - low);
      squares += distance * distance;
    }
    return { offset, scale: (high - low) * Math.sqrt(squares / values.length) };
  },
  minmax(values) {
    const { low, high } = range(values);
    return { offset: low, scale: low === high ? 1 : high - low };
  },
};

function range(values: Float64Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // -0 does not survive JSON, and the saved preprocessing has to give the same bits.
  return { low: low + 0, high: high + 0 };
}

/** The first in order among the most frequent. */
function mostFrequent<T>(values: readonly T[], ordered: readonly T[], name: string): T {
  something(values, name);
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return ordered.reduce((best, value) => ((counts.get(value) ?? 0) > (counts.get(best) ?? 0) ? value : best));
}

function something<T extends { readonly length: number }>(values: T, name: string): T {
  if (values.length > 0) return values;
  throw new InputError('there is no value in the training rows to impute from', { path: `column "${name}"` });
}
