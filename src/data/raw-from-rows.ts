import { InputError } from '../errors.js';
import { type Cell, cellError, type RawTable, requireColumnNames } from './raw-table.js';

/**
 * Columns from objects, one a row; a key that a row lacks is a missing value there.
 *
 * @throws InputError for no rows, no columns, and a value that is neither text, number, boolean, null nor undefined.
 */
export function rawFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  origin: Pick<RawTable, 'file' | 'lines'> = {},
): RawTable {
  if (rows.length === 0) throw new InputError('expected at least one row, got none', { file: origin.file });
  const columns = [...new Set(keysOf(rows))];
  if (columns.length === 0) throw new InputError('the rows have no columns', { file: origin.file });
  requireColumnNames(columns, origin.file);
  const table = { ...origin, columns, rows: rows.length };
  const cells = columns.map(column =>
    rows.map((row, r) => {
      const value = Object.hasOwn(row, column) ? row[column] : undefined;
      if (isCell(value)) return value;
      const got = Array.isArray(value) ? 'an array' : `an ${typeof value}`;
      throw cellError({ ...table, cells: [] }, r, column, `expected text, a number or a boolean, got ${got}`);
    }),
  );
  return { ...table, cells };
}

function isCell(value: unknown): value is Cell {
  return value === null || ['undefined', 'string', 'number', 'boolean'].includes(typeof value);
}

function* keysOf(rows: readonly object[]): Iterable<string> {
  for (const row of rows) yield* Object.keys(row);
}
