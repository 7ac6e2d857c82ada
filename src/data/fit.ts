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
  const present = Float64Array.from(rows, row => column.values[row] as number).filter(value => !Number.isNaN(value));
  const fill = impute === 'error' ? undefined : imputations[impute](present, name);
  const complete =
    fill === undefined ? present : Float64Array.from(rows, row => valueOr(column.values[row] as number, fill));
  const { offset, scale: by } = scalings[scale](complete);
  if (!Number.isFinite(offset) || !Number.isFinite(by)) {
    throw new InputError(`the numbers are too large to be scaled`, { path: `column "${name}"` });
  }
  return { name, type: 'number', ...(fill === undefined ? {} : { impute: fill }), offset, scale: by };
}

const valueOr = (value: number, fill: number): number => (Number.isNaN(value) ? fill : value);

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length + 0;

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
    const squares = values.reduce((sum, value) => sum + ((value - offset) / (high - low)) ** 2, 0);
    return { offset, scale: (high - low) * Math.sqrt(squares / values.length) };
  },
  minmax(values) {
    const { low, high } = range(values);
    return { offset: low, scale: low === high ? 1 : high - low };
  },
};

function range(values: Float64Array): { low: number; high: number } {
  // -0 does not survive JSON, and the saved preprocessing has to give the same bits.
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) + 0;
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + 0;
  return { low, high };
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
