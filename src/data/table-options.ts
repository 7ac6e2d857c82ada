import { didYouMean, InputError } from '../errors.js';
import type { OptionNames } from '../option-names.js';
import type { Task } from './dataset.js';
import { delimiterHint } from './raw-table.js';
import type { ColumnType } from './typed-column.js';

/** Every way to treat missing values. */
export const imputeNames = ['error', 'mean', 'median', 'mostFrequent'] as const;
/** Every way to scale numbers. */
export const scaleNames = ['none', 'standard', 'minmax'] as const;
/** Every task. */
export const taskNames = ['classification', 'regression'] as const;
/** Every type that a column can have. */
export const columnTypes = ['number', 'category'] as const;

/** What becomes of missing values: an error, or the mean, median or most frequent value of the training rows; categories always take the most frequent. */
export type Impute = (typeof imputeNames)[number];

/** `standard`: mean 0 and (population) standard deviation 1; `minmax`: from 0 to 1; over the training rows. One-hot columns stay 0 and 1. */
export type Scale = (typeof scaleNames)[number];

/** What the columns of a table mean. */
export interface TableOptions {
  /** The column to predict, or several for a regression. */
  readonly target: string | readonly string[];
  /** By default classification when the one target holds text, or at most 20 different whole numbers that repeat; else regression. */
  readonly task?: Task | undefined;
  /** States what columns hold; the others are inferred: numbers when at least half of their values are. */
  readonly types?: Readonly<Record<string, ColumnType>> | undefined;
  /** The columns to predict from; all but target and weights. */
  readonly features?: readonly string[] | undefined;
  /** Columns to leave out. */
  readonly ignore?: readonly string[] | undefined;
  /** `none` */
  readonly scale?: Scale | undefined;
  /** `error` */
  readonly impute?: Impute | undefined;
  /** The column with each row's weight in the loss, a number from 0 up. */
  readonly weights?: string | undefined;
}

/** All of them. */
export const tableOptionNames: OptionNames<TableOptions> = {
  target: true,
  task: true,
  types: true,
  features: true,
  ignore: true,
  scale: true,
  impute: true,
  weights: true,
};

/**
 * Throws an `InputError` whose path is the option, without a file, when an option does not fit the columns: what is wrong
 * then is what the caller asked for, not the data.
 */
export function checkTableOptions(columns: readonly string[], options: TableOptions): void {
  const known = (name: unknown, path: string): void => requireColumn(columns, name, path);
  const oneOf = (value: string | undefined, names: readonly string[], path: string): void => {
    if (value === undefined || names.includes(value)) return;
    throw new InputError(
      `got ${JSON.stringify(value)}${didYouMean(String(value), names)}, accepted are ${names.join(', ')}`,
      { path },
    );
  };
  const targets = [options.target].flat();
  if (targets.length === 0) throw new InputError('expected at least one column', { path: 'target' });
  for (const target of targets) known(target, 'target');
  if (new Set(targets).size < targets.length) throw new InputError('a column is named twice', { path: 'target' });
  if (options.weights !== undefined) known(options.weights, 'weights');
  for (const name of options.features ?? []) known(name, 'features');
  for (const name of options.ignore ?? []) known(name, 'ignore');
  for (const [name, type] of Object.entries(options.types ?? {})) {
    known(name, 'types');
    oneOf(type, columnTypes, `types.${name}`);
  }
  oneOf(options.task, taskNames, 'task');
  oneOf(options.scale, scaleNames, 'scale');
  oneOf(options.impute, imputeNames, 'impute');
  for (const target of targets) {
    if (options.features?.includes(target)) {
      throw new InputError(`the target column "${target}" cannot be predicted from itself`, { path: 'features' });
    }
    if (options.ignore?.includes(target))
      throw new InputError(`the target column "${target}" is ignored`, { path: 'ignore' });
    if (options.weights === target) throw new InputError(`"${target}" is the target column`, { path: 'weights' });
  }
  if (featureColumns(columns, options).length === 0) {
    throw new InputError('no column is left to predict from', {
      path: options.features === undefined ? 'target' : 'features',
    });
  }
}

/** Throws an `InputError` at `path` unless there is such a column. */
export function requireColumn(columns: readonly string[], name: unknown, path: string): void {
  if (typeof name === 'string' && columns.includes(name)) return;
  const hint = delimiterHint(columns);
  const meant = typeof name === 'string' && hint === '' ? didYouMean(name, columns) : '';
  const shown = typeof name === 'string' ? `no column "${name}"${meant}` : `expected a column's name`;
  throw new InputError(`${shown}; there ${columns.length === 1 ? 'is' : 'are'} ${listed(columns)}${hint}`, { path });
}

/** The columns to predict from, in the order of the table. */
export function featureColumns(columns: readonly string[], options: TableOptions): readonly string[] {
  const apart = new Set([...[options.target].flat(), ...(options.ignore ?? []), options.weights]);
  return columns.filter(name => !apart.has(name) && (options.features?.includes(name) ?? true));
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 8).map(name => `"${name}"`);
  return columns.length > 8 ? `${shown.join(', ')} and ${columns.length - 8} more` : shown.join(', ');
}
