import { InputError } from '../errors.js';
import type { Dataset, Task } from './dataset.js';
import { distinctLabels } from './label-order.js';
import { cellError, cellsOf, type RawTable } from './raw-table.js';
import type { TableOptions } from './table-options.js';
import { inferType, requireComplete, type TypedColumn, typedColumn } from './typed-column.js';

/** What is to be predicted, for every row of a table. */
export type Target = Pick<Dataset, 'task' | 'classes' | 'targets' | 'targetNames' | 'y'>;

/**
 * Reads the target columns: text, or at most 20 different whole numbers of which each is there twice in the mean (two
 * different ones always count), is a classification unless `task` says otherwise.
 *
 * @throws InputError with row and column for a cell that is missing or not a number, and for a single class.
 */
export function readTarget(table: RawTable, options: TableOptions): Target {
  const names = [options.target].flat();
  if (names.length > 1 && options.task === 'classification') {
    throw new InputError(`a classification has one target column, got ${names.length}`, { path: 'target' });
  }
  const columns = names.map(name => {
    const cells = cellsOf(table, name) ?? [];
    const stated = Object.hasOwn(options.types ?? {}, name) ? options.types?.[name] : undefined;
    const column = typedColumn(table, name, cells, stated ?? targetType(table, name, options.task, names.length));
    requireComplete(table, column, '; a target cannot be imputed');
    return column;
  });
  const first = columns[0] as TypedColumn;
  const task = options.task ?? (names.length === 1 ? inferTask(first) : 'regression');
  if (task === 'classification') return classTarget(table, first);
  const y = new Float32Array(table.rows * columns.length);
  columns.forEach((column, c) => {
    if (column.type === 'category') {
      throw new InputError(`a regression needs numbers, and the column "${column.name}" holds categories`, {
        path: 'target',
      });
    }
    for (let row = 0; row < table.rows; row++) {
      const at = row * columns.length + c;
      y[at] = column.values[row] as number;
      if (Number.isFinite(y[at])) continue;
      throw cellError(table, row, column.name, `${column.values[row]} is beyond what a float32 can hold`);
    }
  });
  return { task, classes: [], targets: columns.length, targetNames: names, y };
}

function targetType(table: RawTable, name: string, task: Task | undefined, targets: number) {
  if (task === 'regression' || targets > 1) return 'number';
  const cells = cellsOf(table, name) ?? [];
  if (task === undefined) return inferType(cells);
  return cells.every(cell => inferType([cell]) === 'number') ? 'number' : 'category';
}

/** Classification for categories and for few whole numbers that repeat; else regression. */
export function inferTask(column: TypedColumn): Task {
  if (column.type === 'category') return 'classification';
  if (!column.values.every(Number.isInteger)) return 'regression';
  const distinct = new Set(column.values).size;
  return distinct <= 2 || (distinct <= 20 && 2 * distinct <= column.values.length) ? 'classification' : 'regression';
}

function classTarget(table: RawTable, column: TypedColumn): Target {
  const labels = Array.from<string | number | undefined, string>(column.values, String);
  return { ...classesOf(labels, { file: table.file, column: column.name }), targetNames: [column.name] };
}

/** Class indices for labels; throws an `InputError` when there is one class only. */
export function classesOf(
  labels: readonly string[],
  place: { readonly file?: string | undefined; readonly column: string },
): Omit<Target, 'targetNames'> {
  const classes = distinctLabels(labels);
  if (classes.length < 2) {
    throw new InputError(`there is one class only, "${classes[0]}", and a classification needs at least two`, {
      file: place.file,
      path: `column "${place.column}"`,
    });
  }
  const index = new Map(classes.map((name, i) => [name, i]));
  return {
    task: 'classification',
    classes,
    targets: 1,
    y: Float32Array.from(labels, label => index.get(label) as number),
  };
}
