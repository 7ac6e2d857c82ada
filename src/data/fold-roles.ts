import { InputError } from '../errors.js';
import type { Divisible } from './partition.js';
import { cellsOf, type RawTable } from './raw-table.js';
import { requireColumn, type TableOptions } from './table-options.js';
import { timesOf } from './times.js';
import { requireComplete, typedColumn } from './typed-column.js';

/** What columns say of rows that are divided into folds. */
export interface FoldRoles extends Pick<Divisible, 'groupOf' | 'timeOf'> {
  /** The columns that are no features then. */
  readonly apart: readonly string[];
}

/**
 * The groups and the times of a table's rows.
 *
 * @throws InputError (path `groups` or `order`) for a column that is not there, is predicted, or is asked to be a feature too, and with
 * row and column for a cell that is missing or no time.
 */
export function rolesOf(
  raw: RawTable,
  options: TableOptions,
  groups: string | undefined,
  order: string | true | undefined,
): FoldRoles {
  const check = (name: string, path: string): void => {
    requireColumn(raw.columns, name, path);
    if ([options.target].flat().includes(name)) throw new InputError(`"${name}" is the target column`, { path });
  };
  const apart: string[] = [];
  if (groups !== undefined) {
    check(groups, 'groups');
    if (options.features?.includes(groups)) {
      throw new InputError(`"${groups}" is among the features, and says nothing of groups that were not trained on`, {
        path: 'groups',
      });
    }
    apart.push(groups);
  }
  if (typeof order === 'string') {
    check(order, 'order');
    if (options.features?.includes(order) !== true) apart.push(order);
  }
  const times = typeof order === 'string' ? timesOf(raw, order) : undefined;
  return {
    apart,
    groupOf: groups === undefined ? undefined : groupsOf(raw, groups),
    timeOf: order === undefined ? undefined : row => times?.[row] ?? row,
  };
}

function groupsOf(raw: RawTable, name: string): (row: number) => number {
  const column = typedColumn(raw, name, cellsOf(raw, name) ?? [], 'category');
  requireComplete(raw, column, '; every row belongs to a group');
  return indicesOf(column.values as readonly string[]);
}

/** A number for each of some labels, the same for equal ones. */
export function indicesOf(labels: ArrayLike<string | number>): (row: number) => number {
  const numbers = new Map<string | number, number>();
  const indices = Uint32Array.from(labels as ArrayLike<never>, label => {
    const known = numbers.get(label) ?? numbers.size;
    numbers.set(label, known);
    return known;
  });
  return row => indices[row] as number;
}
