import type { Device, KeptRows, Recorder, Repeat } from '../kernels/device.js';
import type { Batch } from './batch.js';

/** What of a batch it looks at. */
type Rows = Pick<Batch, 'step' | 'index' | 'count' | 'rows' | 'x' | 'y' | 'weights'>;

/**
 * Steps that a training takes without its stages. Between two batches that somebody looks at, all that a step does is to copy its rows
 * and the optimizer's numbers to the device and to run the same programs on the same buffers, and the stages take longer to
 * say so than a small network to compute it. So one step goes through the stages and is noted, and those that follow repeat
 * it, also after steps that go through the stages: the same calls of the device, hence the same numbers to the bit.
 */
export interface RunAhead {
  /** For the source of the batches: notes what the stages do with one from here on. */
  begin(batch: Rows): void;
  /** The batch is finished, or the training has ended. */
  end(): void;
  /** Whether the step of this place was taken; `rows` fills arrays with the rows of its batch. */
  take(place: number, rows: FillRows): boolean;
  /** For the stage that copies numbers to the device at each step: those that it has just copied, and how it makes the next ones. */
  numbers(copied: readonly number[], next: () => readonly number[]): void;
  /** Has the device keep rows from when steps are noted on; what is returned tells which, if it does. */
  keepRows(values: Float32Array, columns: number): () => KeptRows | undefined;
  /** For stages that count: has `counted` called after every step that was taken without them. */
  counts(counted: (rows: number) => void): void;
}

/** Fills an array with a column group of the batch of a step. */
export type FillRows = (of: 'x' | 'y' | 'weights', step: number, out: Float32Array) => void;

/** A value that is copied for every step, and where to. */
interface Copy {
  readonly of: 'x' | 'y' | 'weights' | 'numbers';
  readonly target: Float32Array;
}

/**
 * Steps ahead on a device; undefined where the device does not repeat. `isSeen` says of a step which somebody looks at, by its index
 * over all epochs and within its own; `keepsRows`: whether the device may keep the data for a whole epoch.
 */
export function runAhead(
  device: Device,
  isSeen: (step: number, index: number) => boolean,
  keepsRows: boolean,
): RunAhead | undefined {
  if (device.record === undefined) return undefined;
  const counters: ((rows: number) => void)[] = [];
  let recorder: Recorder | undefined;
  let noted: Rows | undefined;
  let numbers: { readonly copied: readonly number[]; readonly next: () => readonly number[] } | undefined;
  let repeat: Repeat | undefined;
  let copies: readonly Copy[] = [];
  let keep: (() => void) | undefined;

  /**
   * What is done for those who look is not to be repeated, nor is how the first step of an epoch begins sums over it; the last batch may
   * be smaller.
   */
  const isOther = (step: number, index: number, count: number) =>
    index === 0 || index + 1 >= count || isSeen(step, index);

  /** What of the batch was copied where; undefined if something else was. */
  const copiesOf = (batch: Rows, { copies }: Repeat): readonly Copy[] | undefined => {
    const found: Copy[] = [];
    for (const { values, target } of copies) {
      if (values === batch.x) found.push({ of: 'x', target });
      else if (values === batch.y) found.push({ of: 'y', target });
      else if (values === batch.weights) found.push({ of: 'weights', target });
      else if (values === numbers?.copied) found.push({ of: 'numbers', target });
      else return undefined;
    }
    return found;
  };
  return {
    begin(batch) {
      recorder?.end();
      recorder = undefined;
      if (repeat !== undefined) return;
      noted = undefined;
      const { step, index, count } = batch;
      if (isOther(step, index, count) || isOther(step + 1, index + 1, count)) return;
      numbers = undefined;
      noted = batch;
      // Before, as it takes buffers that a step has used and freed, and may let the memory grow.
      keep?.();
      recorder = device.record?.();
    },
    end() {
      const ended = recorder?.end();
      recorder = undefined;
      if (ended === undefined || noted === undefined) return;
      const found = copiesOf(noted, ended);
      if (found === undefined) return;
      copies = found;
      repeat = ended;
    },
    take(step, rows) {
      if (repeat === undefined || noted === undefined) return false;
      if (isOther(step, step % noted.count, noted.count)) return false;
      if (!repeat.isCurrent()) {
        repeat = undefined;
        return false;
      }
      for (let i = 0; i < copies.length; i++) {
        const { of, target } = copies[i] as Copy;
        if (of === 'numbers') target.set(numbers?.next() ?? []);
        else rows(of, step, target);
      }
      repeat.run();
      for (let i = 0; i < counters.length; i++) counters[i]?.(noted.rows);
      return true;
    },
    numbers(copied, next) {
      if (recorder !== undefined) numbers = { copied, next };
    },
    keepRows(values, columns) {
      let kept: { readonly rows: KeptRows | undefined } | undefined;
      keep = () => {
        kept ??= { rows: keepsRows ? device.keepRows?.(values, columns) : undefined };
      };
      return () => kept?.rows;
    },
    counts(counted) {
      counters.push(counted);
    },
  };
}
