/** Where the rows of the batch of a step are copied to: an array of so many numbers. */
export type RowArrays = (step: number, length: number) => Float32Array;

/** Bytes of a block that small arrays are cut from. */
const BLOCK = 2 ** 16;

/** A new array for every batch, which may be kept. Small ones are cut from a block: making one takes longer than filling it. */
export function freshArrays(): RowArrays {
  let block = new ArrayBuffer(0);
  let used = 0;
  return (_, length) => {
    const bytes = 4 * length;
    if (bytes > BLOCK / 4) return new Float32Array(length);
    if (used + bytes > block.byteLength) {
      block = new ArrayBuffer(BLOCK);
      used = 0;
    }
    used += bytes;
    return new Float32Array(block, used - bytes, length);
  };
}

/** `count` arrays that take turns, for batches of which no more are alive at a time, of `longest` numbers at most. */
export function arraysInTurn(count: number, longest: number): RowArrays {
  const arrays: Float32Array[] = [];
  return (step, length) => {
    const turn = step % count;
    const array = arrays[turn] ?? new Float32Array(longest);
    arrays[turn] = array;
    return length === longest ? array : array.subarray(0, length);
  };
}
