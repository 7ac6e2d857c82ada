import { InputError } from '../errors.js';
import { checkOptions } from '../option-names.js';
import type { Dataset, Split, Task } from './dataset.js';
import { type ColumnsInfo, describeColumns } from './describe-columns.js';
import { encode, featureNamesOf } from './encode.js';
import { fitColumn } from './fit.js';
import { rolesOf } from './fold-roles.js';
import {
  type Divisible,
  type FoldsOptions,
  foldRows,
  foldsOptionNames,
  type RowSplit,
  type SplitOptions,
  splitRows,
} from './partition.js';
import type { Preprocessing } from './preprocessing.js';
import { rawFromRows } from './raw-from-rows.js';
import { cellError, cellsOf, type RawTable } from './raw-table.js';
import { checkTableOptions, featureColumns, type TableOptions, tableOptionNames } from './table-options.js';
import { readTarget } from './target.js';
import { readColumn, requireComplete, type TypedColumn, typedColumn } from './typed-column.js';

/** How the rows of a table are divided into folds. */
export interface TableFoldsOptions extends FoldsOptions {
  /** A column, such as a patient's number: rows with the same value are never on both sides. It is no feature of the folds. */
  readonly groups?: string | undefined;
  /**
   * A column with the time of each row, numbers or dates by ISO 8601; true: rows are in the order of time as they stand. Every fold
   * validates rows that are later than all those it trains on. The column is no feature of the folds, unless `features` names it.
   */
  readonly order?: string | true | undefined;
}

/** Rows with understood columns, not yet turned into numbers: that is fitted on whichever rows are trained on. */
export interface Table {
  /** The columns to predict from. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly task: Task;
  /** Names of the classes, in the order of their indices; empty for a regression. */
  readonly classes: readonly string[];
  /** Training and validation rows; imputation, categories and scaling are fitted on the training rows only. */
  split(options: SplitOptions): Split;
  /**
   * k splits in which each row is held out once (but for time-ordered ones), `repeats` times over, each fitted on its own training rows.
   */
  folds(count: number, options?: TableFoldsOptions): Split[];
  /** Every row, fitted on every row. */
  all(): Dataset;
  /** What the columns hold, target, weights and ignored ones too, for people and pages; of a classification how many rows each class has. */
  describe(): TableInfo;
}

/** What is known of a table's columns. */
export interface TableInfo extends ColumnsInfo {
  /** Several with commas between them. */
  readonly target: string;
  readonly classes?: readonly { readonly name: string; readonly rows: number }[] | undefined;
}

/** A table from objects, one a row: `tableFromRows([{ age: 3, kind: 'cat' }, …], { target: 'kind' })`. */
export function tableFromRows(rows: readonly Readonly<Record<string, unknown>>[], options: TableOptions): Table {
  checkOptions('tableFromRows', options, tableOptionNames);
  return tableFrom(rawFromRows(rows), options);
}

/**
 * Gives columns their meaning.
 *
 * @throws InputError with the option's name when an option does not fit the columns, and with file, row and column when a
 * cell does not fit its column.
 */
export function tableFrom(raw: RawTable, options: TableOptions): Table {
  checkTableOptions(raw.columns, options);
  const { impute = 'error', scale = 'none', types = {} } = options;
  const columns = featureColumns(raw.columns, options).map(name => {
    const cells = cellsOf(raw, name) ?? [];
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    const column = readColumn(raw, name, cells, type);
    if (impute === 'error') requireComplete(raw, column, '; mend it or impute with mean, median or mostFrequent');
    return column;
  });
  const target = readTarget(raw, options);
  const weights = options.weights === undefined ? undefined : readWeights(raw, options.weights);
  const { task, classes } = target;
  const data: Divisible = {
    rows: raw.rows,
    classOf: task === 'classification' ? row => target.y[row] as number : undefined,
  };

  const fitted = (rows: Uint32Array, of: readonly TypedColumn[]): Preprocessing => ({
    columns: of.map(column => {
      try {
        return fitColumn(column, rows, { impute, scale });
      } catch (error) {
        throw error instanceof InputError ? error.at({ file: raw.file }) : error;
      }
    }),
    target: { names: target.targetNames, classes },
  });
  const dataset = (rows: Uint32Array, of: readonly TypedColumn[], preprocessing: Preprocessing): Dataset => {
    const featureNames = featureNamesOf(preprocessing.columns);
    return {
      rows: rows.length,
      features: featureNames.length,
      featureNames,
      x: encode(raw, of, preprocessing.columns, rows),
      targets: target.targets,
      targetNames: target.targetNames,
      y: selectRows(target.y, target.targets, rows),
      task,
      classes,
      ...(weights === undefined ? {} : { weights: selectRows(weights, 1, rows) }),
      preprocessing,
    };
  };
  const divided = ({ train, validation }: RowSplit, of: readonly TypedColumn[] = columns): Split => {
    const preprocessing = fitted(train, of);
    return { train: dataset(train, of, preprocessing), validation: dataset(validation, of, preprocessing) };
  };
  return {
    columns: columns.map(column => column.name),
    rows: raw.rows,
    task,
    classes,
    split: options => divided(splitRows(data, options)),
    folds(count, folds = {}) {
      checkOptions('folds', folds, foldsOptionNames);
      const { groups, order, ...foldsOptions } = folds;
      const { groupOf, timeOf, apart } = rolesOf(raw, options, groups, order);
      const of = columns.filter(({ name }) => !apart.includes(name));
      if (of.length === 0) throw new InputError('no column is left to predict from', { path: 'groups' });
      return foldRows({ ...data, groupOf, timeOf }, count, foldsOptions).map(rows => divided(rows, of));
    },
    all() {
      const rows = Uint32Array.from({ length: raw.rows }, (_, row) => row);
      return dataset(rows, columns, fitted(rows, columns));
    },
    describe() {
      const { targetNames } = target;
      const ofClasses = task === 'classification';
      const described = describeColumns(raw, columns, { targets: targetNames, classes: ofClasses });
      const named = { target: targetNames.join(', '), ...described };
      if (!ofClasses) return named;
      const counts = new Uint32Array(classes.length);
      for (const index of target.y) counts[index]!++;
      return { ...named, classes: classes.map((name, i) => ({ name, rows: counts[i]! })) };
    },
  };
}

function readWeights(raw: RawTable, name: string): Float32Array {
  const column = typedColumn(raw, name, cellsOf(raw, name) ?? [], 'number');
  requireComplete(raw, column, '; every row needs a weight');
  return Float32Array.from(column.values as Float64Array, (weight, row) => {
    if (weight < 0) throw cellError(raw, row, name, `expected a weight from 0 up, got ${weight}`);
    if (Number.isFinite(Math.fround(weight))) return weight;
    throw cellError(raw, row, name, `${weight} is beyond what a float32 can hold`);
  });
}

/** Some rows of a matrix of so many columns. */
export function selectRows(values: Float32Array, columns: number, rows: Uint32Array): Float32Array {
  const selected = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    selected.set(values.subarray(row * columns, (row + 1) * columns), r * columns);
  });
  return selected;
}
