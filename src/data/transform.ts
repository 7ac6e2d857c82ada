import { didYouMean, InputError } from '../errors.js';
import { encode, widthOf } from './encode.js';
import type { Preprocessing } from './preprocessing.js';
import { cellsOf, delimiterHint, type RawTable } from './raw-table.js';
import { requireComplete, typedColumn } from './typed-column.js';

/** Rows that are ready for a network. */
export interface Encoded {
  readonly rows: number;
  readonly features: number;
  /** Row by row, [rows, features]. */
  readonly x: Float32Array;
}

/**
 * Applies a fitted preprocessing to new rows, to predict for them: columns are found by name and may stand in any order,
 * others are ignored, a category that the training did not have becomes zeros.
 *
 * @throws InputError for a column that is not there, and with row and column for a cell that is missing (unless the
 * training imputed), not a number or infinite.
 */
export function transform(preprocessing: Preprocessing, table: RawTable): Encoded {
  const columns = preprocessing.columns.map(fitted => {
    const cells = cellsOf(table, fitted.name);
    if (cells === undefined) {
      const hint = delimiterHint(table.columns);
      const meant = hint === '' ? didYouMean(fitted.name, table.columns) : '';
      const only = hint === '' ? '' : `; there is "${table.columns[0]}"${hint}`;
      throw new InputError(`no column "${fitted.name}"${meant}, which the model needs${only}`, { file: table.file });
    }
    const column = typedColumn(table, fitted.name, cells, fitted.type);
    if (fitted.impute === undefined) requireComplete(table, column, '; the model was trained without imputation');
    return column;
  });
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row);
  return {
    rows: table.rows,
    features: preprocessing.columns.reduce((sum, column) => sum + widthOf(column), 0),
    x: encode(table, columns, preprocessing.columns, rows),
  };
}
