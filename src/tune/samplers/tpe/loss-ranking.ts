/** Which of some trials have the least losses, kept in order while they come, as a study may have ten thousand. */
export interface LossRanking {
  /** Adds the trial of an index, which has not been added yet. */
  add(index: number, loss: number): void;
  remove(index: number, loss: number): void;
  /** The first `n`, as indices; of equal ones the smaller index first. */
  first(n: number): readonly number[];
}

/** Of nobody. */
export function lossRanking(): LossRanking {
  let indices = new Uint32Array(16);
  let losses = new Float64Array(16);
  let size = 0;
  /** How many come before. */
  const placeOf = (index: number, loss: number): number => {
    let low = 0;
    for (let high = size; low < high; ) {
      const middle = (low + high) >>> 1;
      const other = losses[middle] as number;
      if (other < loss || (other === loss && (indices[middle] as number) < index)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(index, loss) {
      if (size === indices.length) {
        const [more, moreLosses] = [new Uint32Array(2 * size), new Float64Array(2 * size)];
        more.set(indices);
        moreLosses.set(losses);
        [indices, losses] = [more, moreLosses];
      }
      const at = placeOf(index, loss);
      indices.copyWithin(at + 1, at, size);
      losses.copyWithin(at + 1, at, size);
      indices[at] = index;
      losses[at] = loss;
      size++;
    },
    remove(index, loss) {
      const at = placeOf(index, loss);
      indices.copyWithin(at, at + 1, size);
      losses.copyWithin(at, at + 1, size);
      size--;
    },
    first: n => Array.from(indices.subarray(0, Math.min(Math.max(0, n), size))),
  };
}
