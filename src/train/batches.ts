import type { Observable } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import { InputError } from '../errors.js';
import type { Batch } from './batch.js';
import { gatherRows } from './gather-rows.js';
import { type Pace, type Prepared, pull, type Supply } from './pull.js';
import { requireFromZero, requireInteger } from './require-integer.js';
import { arraysInTurn, freshArrays, type RowArrays } from './row-arrays.js';
import type { FillRows, RunAhead } from './run-ahead.js';
import { shuffledOrder } from './shuffled-order.js';

/** The part of a dataset that batches are made of. */
export type Rows = Pick<Dataset, 'rows' | 'x' | 'features' | 'y' | 'targets' | 'weights'>;

/** How a dataset is cut into batches. */
export interface BatchesOptions extends Pace {
  /** Rows of a batch; `'full'`, or more rows than there are: one batch of all. */
  readonly size: number | 'full';
  /** How often the data is gone through; 1. `Infinity` is allowed. */
  readonly epochs?: number | undefined;
  /** How many of these epochs are left out, because they were gone through before: the batches are those after them; 0. */
  readonly after?: number | undefined;
  /** Seed of the order of the rows, and of dropout; 0. */
  readonly seed?: number | undefined;
  /** Whether the rows are put in another order for every epoch; true. */
  readonly shuffle?: boolean | undefined;
  /**
   * Whether the arrays of a finished batch are filled again for a later one, so that nothing is allocated from batch to
   * batch; false. A batch's `x`, `y` and `weights` then live as long as its tensors: copy what is to be kept.
   */
  readonly reuse?: boolean | undefined;
}

/**
 * The data as a stream of batches, each emitted when the one before is finished. The last batch of an epoch has the
 * rows that are left. Equal seeds give equal batches. Throws an `InputError` for an empty dataset or a size below 1.
 *
 * @example batches(data, { size: 32, epochs: 20, seed: 1 })
 */
export function batches(dataset: Rows, options: BatchesOptions): Observable<Batch> {
  return batchesAhead(dataset, options, undefined);
}

/** The same, some of which `ahead` may take without them being emitted. */
export function batchesAhead(dataset: Rows, options: BatchesOptions, ahead: RunAhead | undefined): Observable<Batch> {
  const { epochs = 1, after = 0, seed = 0, shuffle = true, reuse = false, prefetch = 1, sliceMs = 0 } = options;
  requireBatches(dataset, options.size, epochs);
  requireInteger('after', after, 0);
  requireInteger('prefetch', prefetch, 0);
  requireFromZero('sliceMs', sliceMs);
  const size = options.size === 'full' ? dataset.rows : Math.min(options.size, dataset.rows);
  const outstanding = prefetch + 1;
  const arrays = reuse ? outstanding : undefined;
  return pull(() => cutter({ dataset, size, epochs, after, seed, shuffle, arrays, ahead }), options);
}

/** Throws an `InputError` if there is nothing to cut, numbers are missing, or there is no way to cut it. */
export function requireBatches(dataset: Rows, size: number | 'full', epochs: number): void {
  const { rows, features, x, weights } = dataset;
  if (rows < 1) throw new InputError('expected data with at least one row, got an empty dataset');
  if (x.length !== rows * features) {
    throw new InputError(
      `expected ${rows} rows of ${features} feature column${features === 1 ? '' : 's'}, got ${x.length} numbers`,
    );
  }
  if (weights !== undefined && weights.length !== rows) {
    throw new InputError(`expected a weight for every row, got ${weights.length} for ${rows} rows`);
  }
  if (size !== 'full') requireInteger('batch size', size, 1);
  if (epochs !== Number.POSITIVE_INFINITY) requireInteger('epochs', epochs, 1);
}

interface Cut {
  readonly dataset: Rows;
  readonly size: number;
  readonly epochs: number;
  readonly after: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** How many arrays take turns; undefined: every batch has its own. */
  readonly arrays: number | undefined;
  readonly ahead: RunAhead | undefined;
}

function cutter({ dataset, size, epochs, after, seed, shuffle, arrays, ahead }: Cut): Supply {
  const { x, y, weights, features, targets } = dataset;
  const count = Math.ceil(dataset.rows / size);
  const first = after * count;
  const room = (columns: number) => (arrays === undefined ? freshArrays() : arraysInTurn(arrays, size * columns));
  const [xArrays, yArrays, weightArrays] = [room(features), room(targets), room(1)];
  let order: Uint32Array | undefined;
  let orderedEpoch = 0;
  const rowsOf = (
    values: Float32Array,
    columns: number,
    arrays: RowArrays,
    step: number,
    start: number,
    rows: number,
  ) =>
    order === undefined
      ? values.subarray(start * columns, (start + rows) * columns)
      : gatherRows(values, columns, order, start, arrays(step, rows * columns));
  const kept = shuffle ? ahead?.keepRows(x, features) : undefined;
  const fill: FillRows = (of, step, out) => {
    const [values, columns] = of === 'x' ? [x, features] : of === 'y' ? [y, targets] : [weights as Float32Array, 1];
    const start = (step % count) * size;
    if (order === undefined) out.set(values.subarray(start * columns, start * columns + out.length));
    else {
      const onDevice = of === 'x' ? kept?.() : undefined;
      if (onDevice === undefined) gatherRows(values, columns, order, start, out);
      else onDevice.copy(order, start, out);
    }
  };
  const take = ahead === undefined ? undefined : (place: number) => ahead.take(first + place, fill);
  const prepare = (place: number): Prepared | undefined => {
    const step = first + place;
    const index = step % count;
    const epoch = (step - index) / count + 1;
    if (epoch > epochs) return undefined;
    if (shuffle && orderedEpoch !== epoch) {
      order = shuffledOrder(seed, epoch, dataset.rows);
      orderedEpoch = epoch;
    }
    const start = index * size;
    const rows = Math.min(size, dataset.rows - start);
    return {
      epoch,
      index,
      count,
      step,
      rows,
      x: rowsOf(x, features, xArrays, step, start, rows),
      y: rowsOf(y, targets, yArrays, step, start, rows),
      features,
      targets,
      weights: weights && rowsOf(weights, 1, weightArrays, step, start, rows),
      seed,
    };
  };
  return { prepare, ahead, end: () => kept?.()?.dispose(), ...(take && { take }) };
}
