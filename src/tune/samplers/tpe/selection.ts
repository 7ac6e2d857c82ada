/** Which observations take part. */
export interface Selection {
  /** How many. */
  readonly size: number;
  /** The observations, in the order in which they came; the first `size` are in use. */
  readonly rows: Uint32Array;
  /** By observation, its index in `rows`; −1 for those that do not take part. */
  readonly indices: Int32Array;
}

/** Of `n` observations those that are `among`. */
export function select(n: number, among: (row: number) => boolean): Selection {
  const rows = new Uint32Array(n);
  const indices = new Int32Array(n);
  let size = 0;
  for (let row = 0; row < n; row++) {
    if (among(row)) {
      indices[row] = size;
      rows[size++] = row;
    } else indices[row] = -1;
  }
  return { size, rows, indices };
}
