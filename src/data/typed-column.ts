import { isMissing, numberOf, shownCell } from './cell.js';
import { type Cell, cellError, type RawTable } from './raw-table.js';

/** Whether a column holds numbers, or text that becomes one-hot columns. */
export type ColumnType = 'number' | 'category';

/** A column whose cells are understood: NaN stands for a missing number, undefined for a missing category. */
export type TypedColumn =
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'category'; readonly values: readonly (string | undefined)[] };

/**
 * What a column holds, by its cells: numbers when at least half of the cells that are there are numbers (the others are
 * then mistakes to be named), else categories. A column without any value counts as numbers.
 */
export function inferType(cells: readonly Cell[]): ColumnType {
  let numbers = 0;
  let present = 0;
  for (const cell of cells) {
    if (isMissing(cell)) continue;
    present++;
    if (numberOf(cell) !== undefined) numbers++;
  }
  return 2 * numbers >= present ? 'number' : 'category';
}

/**
 * The values of a column, of the stated type or as inferred.
 *
 * @throws InputError with row and column for text among numbers and for an infinite number.
 */
export function typedColumn(table: RawTable, name: string, cells: readonly Cell[], type: ColumnType): TypedColumn {
  if (type === 'category')
    return { name, type, values: cells.map(cell => (isMissing(cell) ? undefined : String(cell))) };
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const value = isMissing(cell) ? Number.NaN : numberOf(cell);
    if (value === undefined) throw cellError(table, row, name, `expected a number, got ${shownCell(cell)}`);
    if (Math.abs(value) === Number.POSITIVE_INFINITY) {
      throw cellError(table, row, name, `expected a finite number, got ${shownCell(cell)}`);
    }
    values[row] = value;
  }
  return { name, type, values };
}

/** The values of a column, of the type that its cells suggest where none is stated; errors as in `typedColumn`. */
export function readColumn(table: RawTable, name: string, cells: readonly Cell[], type?: ColumnType): TypedColumn {
  // Most columns are numbers through and through, which one pass tells and reads.
  const values = type === undefined ? finiteNumbers(cells) : undefined;
  if (values !== undefined) return { name, type: 'number', values };
  return typedColumn(table, name, cells, type ?? inferType(cells));
}

/** Undefined if there is a value that is no finite number. */
function finiteNumbers(cells: readonly Cell[]): Float64Array | undefined {
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const value = numberOf(cell);
    if (Number.isFinite(value)) values[row] = value!;
    else if (isMissing(cell)) values[row] = Number.NaN;
    else return undefined;
  }
  return values;
}

/** Throws an `InputError` with row and column at the first missing value. */
export function requireComplete(table: RawTable, column: TypedColumn, cure: string): void {
  const { name, values } = column;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value !== undefined && !Number.isNaN(value)) continue;
    throw cellError(table, row, name, `the value is missing (${cellText(table, name, row)})${cure}`);
  }
}

function cellText(table: RawTable, name: string, row: number): string {
  const cell = table.cells[table.columns.indexOf(name)]?.[row];
  return cell === '' ? 'an empty cell' : shownCell(cell);
}
