import { InputError } from '../errors.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import { random } from '../random.js';
import { foldOfGroups } from './grouped-folds.js';
import { orderedFolds } from './ordered-folds.js';

/** How rows are divided into training and validation rows. */
export interface SplitOptions {
  /** The fraction of the rows that is held out, between 0 and 1. */
  readonly validation: number;
  /** Every class gets its share of both sides; true for a classification. */
  readonly stratify?: boolean | undefined;
  /** 0 */
  readonly seed?: number | undefined;
}

/** How rows are divided into folds. */
export interface FoldsOptions extends Omit<SplitOptions, 'validation'> {
  /** How many times all rows are divided anew, each time otherwise; 1. */
  readonly repeats?: number | undefined;
}

/** All of them, and who is never on both sides. */
export const foldsOptionNames: OptionNames<FoldsOptions & { groups: unknown; order: unknown }> = {
  stratify: true,
  seed: true,
  repeats: true,
  groups: true,
  order: true,
};

/** Indices of rows, ascending on both sides. */
export interface RowSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** What is divided: so many rows, with the class of each in a classification. */
export interface Divisible {
  readonly rows: number;
  readonly classOf?: ((row: number) => number) | undefined;
  /** Rows of the same group are never on both sides of a fold. */
  readonly groupOf?: ((row: number) => number) | undefined;
  /** Rows are validated by what was trained on earlier ones only. */
  readonly timeOf?: ((row: number) => number) | undefined;
}

/**
 * Holds out round(fraction · rows) rows. Stratified, each class is held out by its proportion, up to less than one row;
 * either way a class that has two rows or more keeps one for training, unless all rows there are the only ones of their classes.
 *
 * @throws InputError for an option that is unknown, and (path `validation` or `stratify`) when the fraction is not between 0 and 1, a side would be empty, or
 * there are no classes to stratify by.
 */
export function splitRows(data: Divisible, options: SplitOptions): RowSplit {
  checkOptions('split', options, { validation: true, stratify: true, seed: true });
  const { validation, stratify, seed = 0 } = options;
  if (!(validation > 0 && validation < 1)) {
    throw new InputError(`expected a fraction between 0 and 1, got ${validation}`, { path: 'validation' });
  }
  const held = Math.round(validation * data.rows);
  if (held < 1 || held >= data.rows) {
    const side = held < 1 ? 'validation' : 'training';
    throw new InputError(`${validation} of ${data.rows} rows leaves none for ${side}`, { path: 'validation' });
  }
  const order = random(seed, 'split').permutation(data.rows);
  const quota = quotas(data, stratified(data, stratify), validation, held);
  const isHeld = new Uint8Array(data.rows);
  for (const row of order) {
    const { group, left } = quota;
    if ((left[group(row)] as number) <= 0) continue;
    left[group(row)]!--;
    isHeld[row] = 1;
  }
  keepClasses(data, order, isHeld);
  if (isHeld.includes(1)) return sides(isHeld);
  throw new InputError('no class has a row to spare for validation', { path: 'validation' });
}

/**
 * k folds: each row is held out in exactly one, and the sizes differ by one row at most; stratified, so do the numbers of
 * rows of each class. With groups, whole groups are held out (`foldOfGroups`); with times, a run of rows after all those that are
 * trained on (`orderedFolds`). Repeated, the k folds of every repetition follow those of the one before.
 *
 * @throws InputError (path `count`, `repeats`, `stratify`, `groups` or `order`) when k is not a whole number from 2 up to the number
 * of rows, of groups, or of different times less one, there are no classes to stratify by, or what was asked for excludes each other.
 */
export function foldRows(data: Divisible, k: number, options: FoldsOptions = {}): RowSplit[] {
  const { stratify, seed = 0, repeats = 1 } = options;
  if (!Number.isInteger(k) || k < 2) {
    throw new InputError(`expected a whole number of folds from 2 up, got ${k}`, { path: 'count' });
  }
  if (k > data.rows) throw new InputError(`${k} folds are more than the ${data.rows} rows`, { path: 'count' });
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new InputError(`expected a whole number of repetitions from 1 up, got ${repeats}`, { path: 'repeats' });
  }
  if (data.timeOf !== undefined) return inOrder(data, data.timeOf, k, options);
  const byClass = stratified(data, stratify);
  return Array.from({ length: repeats }, (_, repetition) => {
    const draws = random(seed, 'folds', ...(repetition === 0 ? [] : [repetition]));
    const order = Array.from(draws.permutation(data.rows));
    const folds = Array.from({ length: k }, () => new Uint8Array(data.rows));
    if (data.groupOf !== undefined) {
      const { groupOf } = data;
      const foldOf = foldOfGroups(order, groupOf, byClass ? data.classOf! : () => 0, k);
      for (const row of order) folds[foldOf.get(groupOf(row))!]![row] = 1;
    } else {
      if (byClass) order.sort((a, b) => data.classOf!(a) - data.classOf!(b));
      order.forEach((row, i) => {
        folds[i % k]![row] = 1;
      });
    }
    return folds.map(sides);
  }).flat();
}

function inOrder(data: Divisible, timeOf: (row: number) => number, k: number, options: FoldsOptions): RowSplit[] {
  const refuse = (problem: string, path: string) => {
    throw new InputError(problem, { path });
  };
  if (data.groupOf !== undefined)
    refuse('groups and an order of time exclude each other; leave one of them out', 'groups');
  if (options.stratify === true) refuse('folds in the order of time cannot be stratified', 'stratify');
  if ((options.repeats ?? 1) > 1)
    refuse('folds in the order of time leave nothing to chance, and are the same every time', 'repeats');
  return orderedFolds(data.rows, timeOf, k);
}

function stratified(data: Divisible, stratify: boolean | undefined): boolean {
  if (stratify === true && data.classOf === undefined) {
    throw new InputError('a regression has no classes to stratify by', { path: 'stratify' });
  }
  return stratify ?? data.classOf !== undefined;
}

/** Rows to hold out of each group: the floor of its share, and one more for those with the largest remainders. */
function quotas(data: Divisible, byClass: boolean, fraction: number, held: number) {
  const group = byClass ? data.classOf! : () => 0;
  if (!byClass) return { group, left: [held] };
  const sizes: number[] = [];
  for (let row = 0; row < data.rows; row++) sizes[group(row)] = (sizes[group(row)] ?? 0) + 1;
  const left = Array.from(sizes, (size = 0) => Math.min(Math.floor(size * fraction), Math.max(0, size - 1)));
  const remainder = (c: number) => (sizes[c] ?? 0) * fraction - left[c]!;
  const classes = left.map((_, c) => c).sort((a, b) => remainder(b) - remainder(a) || a - b);
  let missing = held - left.reduce((a, b) => a + b, 0);
  for (const c of classes) {
    if (missing <= 0) break;
    if (remainder(c) <= 0 || left[c]! + 1 >= (sizes[c] ?? 0)) continue;
    left[c]!++;
    missing--;
  }
  return { group, left };
}

/** Swaps a held-out row of a class that training lacks for a training row of a class that has several there. */
function keepClasses({ rows, classOf }: Divisible, order: Uint32Array, isHeld: Uint8Array): void {
  if (classOf === undefined) return;
  const training: number[] = [];
  for (let row = 0; row < rows; row++) {
    training[classOf(row)] = (training[classOf(row)] ?? 0) + (isHeld[row] === 1 ? 0 : 1);
  }
  for (const row of order) {
    if (isHeld[row] === 0 || training[classOf(row)] !== 0) continue;
    const other = order.find(candidate => isHeld[candidate] === 0 && training[classOf(candidate)]! > 1);
    if (other === undefined) return;
    isHeld[row] = 0;
    isHeld[other] = 1;
    training[classOf(row)] = 1;
    training[classOf(other)]!--;
  }
}

function sides(isHeld: Uint8Array): RowSplit {
  const indices = Uint32Array.from(isHeld.keys());
  return { train: indices.filter(row => isHeld[row] === 0), validation: indices.filter(row => isHeld[row] === 1) };
}
