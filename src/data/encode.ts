import type { FittedColumn } from './preprocessing.js';
import { cellError, type RawTable } from './raw-table.js';
import type { TypedColumn } from './typed-column.js';

/** Columns of x that a fitted column becomes. */
export const widthOf = (column: FittedColumn): number => column.categories?.length ?? 1;

/** `age`, or `color=red` for each category. */
export const featureNamesOf = (columns: readonly FittedColumn[]): readonly string[] =>
  columns.flatMap(({ name, categories }) => categories?.map(category => `${name}=${category}`) ?? [name]);

/**
 * The numbers of the given rows, [rows, features], by a fitted preprocessing; column i of `columns` belongs to
 * `fitted[i]`. A category that was not among the training rows becomes a row of zeros.
 *
 * @throws InputError with row and column when a scaled number is beyond float32.
 */
export function encode(
  table: RawTable,
  columns: readonly TypedColumn[],
  fitted: readonly FittedColumn[],
  rows: Uint32Array,
): Float32Array {
  const width = fitted.reduce((sum, column) => sum + widthOf(column), 0);
  const x = new Float32Array(rows.length * width);
  let start = 0;
  columns.forEach((column, c) => {
    const fit = fitted[c] as FittedColumn;
    if (column.type === 'category') {
      const positions = new Map(fit.categories?.map((category, i) => [category, i]));
      for (let r = 0; r < rows.length; r++) {
        const category = column.values[rows[r] as number] ?? fit.impute;
        const position = positions.get(category as string);
        if (position !== undefined) x[r * width + start + position] = 1;
      }
    } else {
      for (let r = 0; r < rows.length; r++) {
        const value = column.values[rows[r] as number] as number;
        const complete = Number.isNaN(value) ? (fit.impute as number) : value;
        x[r * width + start] = (complete - fit.offset) / fit.scale + 0; // No -0: it is 0 to people and in text.
        if (!Number.isFinite(x[r * width + start])) {
          throw cellError(table, rows[r] as number, fit.name, `${complete} is beyond what a float32 can hold`);
        }
      }
    }
    start += widthOf(fit);
  });
  return x;
}
