import type { Preprocessing } from './preprocessing.js';
import { cellsOf, type RawTable } from './raw-table.js';
import { typedColumn } from './typed-column.js';

/** Categories of a column that the training did not have. */
export interface UnseenCategories {
  readonly column: string;
  /** The first of them. */
  readonly first: string;
  /** Rows that have one of them. */
  readonly rows: number;
}

/** The columns of new rows with categories that a fitted preprocessing does not know, and makes zeros of; a missing value is none. */
export function unseenCategories(preprocessing: Preprocessing, table: RawTable): readonly UnseenCategories[] {
  return preprocessing.columns.flatMap(({ name, type, categories }) => {
    const cells = cellsOf(table, name);
    if (cells === undefined || categories === undefined) return [];
    const column = typedColumn(table, name, cells, type);
    if (column.type !== 'category') return [];
    const known = new Set(categories);
    const unseen = column.values.filter(value => value !== undefined && !known.has(value));
    const [first] = unseen;
    return first === undefined ? [] : [{ column: name, first, rows: unseen.length }];
  });
}
