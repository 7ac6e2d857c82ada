import type { Cell } from './raw-table.js';

const MISSING = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null']);
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;

/** Whether there is no value: nothing, null, NaN, an empty cell, or the text NA, N/A, NaN, nan or null. */
export function isMissing(cell: Cell): cell is null | undefined | '' {
  if (typeof cell === 'string') return MISSING.has(cell);
  return cell === null || cell === undefined || Number.isNaN(cell);
}

/** The number a cell stands for, which may be infinite; undefined for other text and for booleans. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string') return undefined;
  const digits = fewDigits(cell);
  if (digits >= 0) return digits;
  if (DECIMAL.test(cell)) return Number(cell);
  if (INFINITE.test(cell)) return cell.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

/** The number that one to four digits are, which most counts, pixels and classes have; −1 for other text. */
function fewDigits(cell: string): number {
  const { length } = cell;
  if (length === 0 || length > 4) return -1;
  let number = 0;
  for (let i = 0; i < length; i++) {
    const digit = cell.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = 10 * number + digit;
  }
  return number;
}

/** A cell as it stands in an error. */
export function shownCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? 'nothing' : String(cell);
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 37)}...` : cell);
}
