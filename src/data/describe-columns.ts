import { isMissing, numberOf } from './cell.js';
import type { ColumnInfo } from './dataset-info.js';
import { type Cell, cellsOf, type RawTable } from './raw-table.js';
import { inferType, type TypedColumn } from './typed-column.js';

/** A page shows no more columns; the journal of a study has them all at its beginning. */
const MOST_COLUMNS = 200;

const BINS = 20;

/** The most frequent categories that are named, and the characters of a name that are kept. */
const TOP = 20;
const NAME_LENGTH = 60;

/** Digits of means and deviations. */
const DIGITS = 7;

/** What is known of the columns of a table. */
export interface ColumnsInfo {
  readonly columns: readonly ColumnInfo[];
  readonly allColumns: number;
}

/**
 * Describes the columns of a table in their order, the first 200 of them, the targets always among these. Columns that nobody has read as numbers
 * or categories are read here: text and infinities among numbers count as missing. A column without any value is one of no categories.
 *
 * @param read columns that are understood already
 * @param targets the columns to predict; `classes` says that the one target has categories whatever its cells are
 */
export function describeColumns(
  raw: RawTable,
  read: readonly TypedColumn[],
  { targets, classes }: { readonly targets: readonly string[]; readonly classes: boolean },
): ColumnsInfo {
  const known = new Map(read.map(column => [column.name, column]));
  const isTarget = (name: string) => targets.includes(name);
  let room = Math.max(0, MOST_COLUMNS - targets.length);
  const shown = raw.columns.filter(name => isTarget(name) || room-- > 0).slice(0, Math.max(MOST_COLUMNS, 1));
  const describe = (name: string): ColumnInfo => {
    const cells = cellsOf(raw, name) ?? [];
    const column = known.get(name);
    if (classes && isTarget(name)) return categoriesOf(name, cells.map(labelOf));
    if (column === undefined)
      return inferType(cells) === 'number' ? cellNumbersOf(name, cells) : categoriesOf(name, cells.map(labelOf));
    return column.type === 'number' ? numbersOf(name, column.values) : categoriesOf(name, column.values);
  };
  return { columns: shown.map(describe), allColumns: raw.columns.length };
}

const labelOf = (cell: Cell): string | undefined => (isMissing(cell) ? undefined : String(cell));

function cellNumbersOf(name: string, cells: readonly Cell[]): ColumnInfo {
  return numbersOf(
    name,
    Float64Array.from(cells, cell => {
      const number = isMissing(cell) ? Number.NaN : numberOf(cell);
      return Number.isFinite(number) ? (number as number) : Number.NaN;
    }),
  );
}

/** Finite numbers, NaN where one is missing. */
function numbersOf(name: string, values: Float64Array): ColumnInfo {
  // By index: a study's start is too short for iterators to become fast.
  const { length } = values;
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return { name, kind: 'category', missing: values.length, categories: 0, top: [] };
  // In units of the largest, so that neither sums nor squares overflow.
  const unit = Math.max(-min, max) || 1;
  let sum = 0;
  for (let row = 0; row < length; row++) {
    const value = values[row]!;
    if (!Number.isNaN(value)) sum += value / unit;
  }
  const mean = sum / count;
  const low = min / unit;
  const width = (max / unit - low) / BINS;
  const histogram = Array<number>(width > 0 ? BINS : 1).fill(0);
  let squares = 0;
  const last = histogram.length - 1;
  for (let row = 0; row < length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    const scaled = value / unit;
    squares += (scaled - mean) * (scaled - mean);
    histogram[last > 0 ? Math.min(last, Math.floor((scaled - low) / width)) : 0]!++;
  }
  return {
    name,
    kind: 'number',
    missing: values.length - count,
    // No -0: it is 0 to people and in text.
    min: min + 0,
    max: max + 0,
    mean: rounded(mean * unit),
    deviation: rounded(Math.sqrt(squares / count) * unit),
    histogram,
  };
}

function categoriesOf(name: string, values: readonly (string | undefined)[]): ColumnInfo {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === undefined) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  // There may be as many as rows: of equally frequent ones the first to appear comes first, as sorting is stable.
  const ordered = [...counts].sort(([, a], [, b]) => b - a);
  const top = ordered.slice(0, TOP).map(([label, rows]) => ({ name: shortened(label), rows }));
  return { name, kind: 'category', missing, categories: counts.size, top };
}

const rounded = (value: number): number => Number(value.toPrecision(DIGITS)) + 0;

function shortened(label: string): string {
  return label.length > NAME_LENGTH ? `${label.slice(0, NAME_LENGTH - 1)}…` : label;
}
