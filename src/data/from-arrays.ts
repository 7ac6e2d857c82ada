import { InputError } from '../errors.js';
import { checkOptions, received } from '../option-names.js';
import type { Dataset, Split, Task } from './dataset.js';
import { indicesOf } from './fold-roles.js';
import {
  type Divisible,
  type FoldsOptions,
  foldRows,
  foldsOptionNames,
  type RowSplit,
  type SplitOptions,
  splitRows,
} from './partition.js';
import { selectRows } from './table.js';
import { classesOf, inferTask, type Target } from './target.js';
import { requireTimes } from './times.js';

/** Data that is already numbers. */
export interface ArraysOptions {
  /** One array of numbers a row; or row by row in one Float32Array, with `features`. */
  readonly x: readonly (readonly number[])[] | Float32Array;
  /** Columns of x, when it is a Float32Array. */
  readonly features?: number | undefined;
  /** One a row: a class (text or number), a number, or for several targets an array of numbers. */
  readonly y: readonly (string | number)[] | readonly (readonly number[])[] | Float32Array;
  /** As with tables: classification for text and for few whole numbers that repeat. */
  readonly task?: Task | undefined;
  /** The classes in the order of their indices, when y does not hold them all; by default those in y, sorted. */
  readonly classes?: readonly string[] | undefined;
  readonly featureNames?: readonly string[] | undefined;
  readonly targetNames?: readonly string[] | undefined;
  /** One weight a row. */
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * A dataset from arrays, as they are: nothing is scaled.
 *
 * @throws InputError for an option that is unknown, rows of different lengths, a number of labels or weights that is not the number of rows, a value
 * that is not a finite number (named by row and column), and a single class.
 * @example fromArrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] })
 */
export function fromArrays(options: ArraysOptions): Dataset {
  checkOptions('fromArrays', options, {
    x: true,
    y: true,
    features: true,
    task: true,
    classes: true,
    featureNames: true,
    targetNames: true,
    weights: true,
  });
  const { x, rows, features } = matrix('x', options.x, options.features);
  if (rows === 0) throw new InputError('expected at least one row, got none', { path: 'x' });
  const target = targetOf(options);
  const count = target.y.length / target.targets;
  if (count !== rows) throw new InputError(`expected ${rows} values, one a row of x, got ${count}`, { path: 'y' });
  const weights = options.weights === undefined ? undefined : Float32Array.from(options.weights);
  if (weights !== undefined && weights.length !== rows) {
    throw new InputError(`expected ${rows} weights, one a row of x, got ${weights.length}`, { path: 'weights' });
  }
  const bad = weights?.findIndex(weight => !(weight >= 0 && Number.isFinite(weight))) ?? -1;
  if (bad >= 0)
    throw new InputError(`expected a number from 0 up, got ${weights?.[bad]}`, { path: `weights: row ${bad + 1}` });
  return {
    rows,
    features,
    featureNames: named('featureNames', options.featureNames, features, 'x'),
    x,
    ...target,
    targetNames: named('targetNames', options.targetNames, target.targets, 'y'),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** Divides a dataset's rows as `Table.split` does; the numbers stay as they are. */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  return divide(dataset, splitRows(divisible(dataset), options));
}

/** How a dataset's rows are divided into folds. */
export interface DatasetFoldsOptions extends FoldsOptions {
  /** The group of each row: rows of the same one are never on both sides. */
  readonly groups?: ArrayLike<string | number> | undefined;
  /** The time of each row; true: rows are in the order of time as they stand. Every fold validates rows later than all those it trains on. */
  readonly order?: ArrayLike<number> | true | undefined;
}

/** Divides a dataset's rows into folds as `Table.folds` does; the numbers stay as they are. */
export function foldsOfDataset(dataset: Dataset, count: number, options: DatasetFoldsOptions = {}): Split[] {
  checkOptions('foldsOfDataset', options, foldsOptionNames);
  const { groups, order, ...foldsOptions } = options;
  const { rows } = dataset;
  if (groups !== undefined && groups.length !== rows) {
    throw new InputError(`expected ${rows} groups, one a row, got ${groups.length}`, { path: 'groups' });
  }
  const times = order === true ? undefined : order;
  if (times !== undefined) requireTimes(times, rows);
  const data: Divisible = {
    ...divisible(dataset),
    groupOf: groups && indicesOf(groups),
    timeOf: order === undefined ? undefined : row => times?.[row] ?? row,
  };
  return foldRows(data, count, foldsOptions).map(split => divide(dataset, split));
}

const divisible = ({ rows, task, y }: Dataset): Divisible => ({
  rows,
  classOf: task === 'classification' ? row => y[row] as number : undefined,
});

function divide(dataset: Dataset, { train, validation }: RowSplit): Split {
  const { x, features, y, targets, weights } = dataset;
  const part = (rows: Uint32Array): Dataset => ({
    ...dataset,
    rows: rows.length,
    x: selectRows(x, features, rows),
    y: selectRows(y, targets, rows),
    ...(weights === undefined ? {} : { weights: selectRows(weights, 1, rows) }),
  });
  return { train: part(train), validation: part(validation) };
}

const ROWS = 'expected rows of numbers such as [[0, 1], [1, 0]]';

function matrix(name: string, values: ArraysOptions['x'], columns: number | undefined) {
  if (!(values instanceof Float32Array)) {
    if (!Array.isArray(values)) {
      throw new InputError(`${ROWS}, or a Float32Array with \`features\`, got ${received(values)}`, { path: name });
    }
    const odd = values.findIndex(row => !Array.isArray(row));
    if (odd >= 0) throw new InputError(`${ROWS}, got ${received(values[odd])} in row ${odd + 1}`, { path: name });
  }
  const features = columns ?? (values instanceof Float32Array ? 1 : (values[0]?.length ?? 0));
  if (!Number.isInteger(features) || features < 1) {
    throw new InputError(`expected at least one column, got ${features}`, { path: name });
  }
  if (!(values instanceof Float32Array)) {
    const odd = values.findIndex(row => row.length !== features);
    if (odd >= 0)
      throw new InputError(`expected ${features} numbers, got ${values[odd]?.length}`, {
        path: `${name}: row ${odd + 1}`,
      });
  }
  const given = values instanceof Float32Array ? values : values.flat();
  const x = given instanceof Float32Array ? given : Float32Array.from(given);
  if (x.length % features !== 0)
    throw new InputError(`${x.length} numbers do not make rows of ${features}`, { path: name });
  // null would become 0, and 1e39 is infinite here.
  const bad = x.findIndex((value, i) => !Number.isFinite(value) || typeof given[i] !== 'number');
  if (bad >= 0) {
    const path = `${name}: row ${Math.floor(bad / features) + 1}, column ${(bad % features) + 1}`;
    throw new InputError(`expected a finite number, got ${given[bad]}`, { path });
  }
  return { x, rows: x.length / features, features };
}

function targetOf({ y, task, classes }: ArraysOptions): Omit<Target, 'targetNames'> {
  if (typeof y !== 'object' || typeof y?.length !== 'number') {
    throw new InputError(`expected one value a row, such as [0, 1], got ${received(y)}`, { path: 'y' });
  }
  const first = y[0];
  if (Array.isArray(first)) {
    if (task === 'classification') throw new InputError('a classification has one class a row', { path: 'y' });
    const { x: values, features } = matrix('y', y as readonly (readonly number[])[], undefined);
    return { task: 'regression', classes: [], targets: features, y: values };
  }
  const labels = Array.from(y as ArrayLike<string | number>);
  const numbers = labels.every(label => typeof label === 'number');
  const kind =
    task ?? (numbers ? inferTask({ name: 'y', type: 'number', values: Float64Array.from(labels) }) : 'classification');
  if (kind === 'classification') {
    const bad = labels.findIndex(
      label => ['number', 'undefined', 'object'].includes(typeof label) && !Number.isFinite(label),
    );
    if (bad >= 0) throw new InputError(`expected a class, got ${labels[bad]}`, { path: `y: row ${bad + 1}` });
    return classified(labels.map(String), classes);
  }
  if (!numbers) throw new InputError('a regression needs numbers, got text', { path: 'y' });
  return { task: 'regression', classes: [], targets: 1, y: matrix('y', Float32Array.from(labels), 1).x };
}

function classified(labels: readonly string[], classes: readonly string[] | undefined): Omit<Target, 'targetNames'> {
  if (classes === undefined) return classesOf(labels, { column: 'y' });
  const y = Float32Array.from(labels, (label, row) => {
    const index = classes.indexOf(label);
    if (index < 0) throw new InputError(`the class "${label}" is not among the classes`, { path: `y: row ${row + 1}` });
    return index;
  });
  return { task: 'classification', classes, targets: 1, y };
}

function named(path: string, names: readonly string[] | undefined, count: number, prefix: string): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, i) => (count === 1 ? prefix : `${prefix}${i}`));
  if (names.length !== count) throw new InputError(`expected ${count} names, got ${names.length}`, { path });
  return names;
}
