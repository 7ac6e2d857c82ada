import { InputError, type Place } from '../errors.js';

/** One value as it was read: text from CSV; text, a number or a boolean from JSON and from memory; undefined or null where there is none. */
export type Cell = string | number | boolean | null | undefined;

/** Columns of cells as a file or the caller has them, before anybody decided what they mean. */
export interface RawTable {
  readonly file?: string | undefined;
  readonly columns: readonly string[];
  readonly rows: number;
  /** The cells of each column, in the order of `columns`. */
  readonly cells: readonly (readonly Cell[])[];
  /** The line of the file on which each row ends, from 1. */
  readonly lines?: readonly number[] | undefined;
}

/** An error at one cell: `iris.csv: row 3 (line 4), column "age": …`. `row` is an index from 0; people read rows from 1, the header not counted. */
export function cellError(table: RawTable, row: number, column: string, problem: string): InputError {
  return new InputError(problem, { ...rowPlace(table, row), path: `${rowName(table, row)}, column "${column}"` });
}

/** `row 3 (line 4)`, or `row 3` for rows from memory. */
export function rowName(table: Pick<RawTable, 'lines'>, row: number): string {
  const line = table.lines?.[row];
  return line === undefined ? `row ${row + 1}` : `row ${row + 1} (line ${line})`;
}

function rowPlace(table: RawTable, row: number): Place {
  return { file: table.file, path: rowName(table, row) };
}

/** The cells of a column, undefined when there is none of that name. */
export function cellsOf(table: RawTable, column: string): readonly Cell[] | undefined {
  return table.cells[table.columns.indexOf(column)];
}

/** What to add to an error when a header was read as one column though it looks like several; else nothing. */
export function delimiterHint(columns: readonly string[]): string {
  const [only = ''] = columns;
  const found = columns.length === 1 ? ['\t', ';', ','].find(delimiter => only.includes(delimiter)) : undefined;
  return found === undefined ? '' : `: are the cells delimited by ${JSON.stringify(found)} (option \`delimiter\`)?`;
}

/** Throws an `InputError` when two columns share a name or one has none. */
export function requireColumnNames(columns: readonly string[], file?: string): void {
  const seen = new Set<string>();
  columns.forEach((name, index) => {
    if (name === '') throw new InputError(`column ${index + 1} has no name`, { file, path: 'header' });
    if (seen.has(name)) throw new InputError(`there are two columns named "${name}"`, { file, path: 'header' });
    seen.add(name);
  });
}
