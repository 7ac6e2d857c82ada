import { InputError } from '../errors.js';
import { isMissing, numberOf, shownCell } from './cell.js';
import { cellError, cellsOf, type RawTable } from './raw-table.js';

const DATE = /^\d{4}-\d{2}(-\d{2})?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A number for the time of each row: numbers as they are; dates and times by ISO 8601 (`2024-05-31`, `2024-05-31T09:30:00Z`), those
 * without a zone taken for UTC, so that they mean the same on every machine.
 *
 * @throws InputError with row and column for a cell that is missing or neither.
 */
export function timesOf(table: RawTable, column: string): Float64Array {
  const cells = cellsOf(table, column) ?? [];
  const numbers = cells.every(cell => isMissing(cell) || numberOf(cell) !== undefined);
  return Float64Array.from(cells, (cell, row) => {
    if (isMissing(cell))
      throw cellError(table, row, column, 'the time is missing, and its place among the others with it');
    const time = numbers ? numberOf(cell) : momentOf(String(cell));
    if (time !== undefined && Number.isFinite(time)) return time;
    throw cellError(table, row, column, `expected a number or a date such as 2024-05-31, got ${shownCell(cell)}`);
  });
}

function momentOf(text: string): number | undefined {
  if (DATE.test(text)) return Date.parse(text);
  const [, , , zone] = MOMENT.exec(text) ?? [];
  return MOMENT.test(text) ? Date.parse(`${text.replace(' ', 'T')}${zone === undefined ? 'Z' : ''}`) : undefined;
}

/** Throws an `InputError` unless there is one time for each row, each a number. */
export function requireTimes(times: ArrayLike<number>, rows: number): void {
  if (times.length !== rows) {
    throw new InputError(`expected ${rows} times, one a row, got ${times.length}`, { path: 'order' });
  }
  const bad = Array.from(times).findIndex(time => !Number.isFinite(time));
  if (bad >= 0) throw new InputError(`expected a finite number, got ${times[bad]}`, { path: `order: row ${bad + 1}` });
}
