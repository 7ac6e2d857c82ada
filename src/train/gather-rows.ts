/** From so many columns on a row is copied by the engine; below, that takes longer than a loop. */
const WIDE = 24;

/** Rows up to which each gets a view of its own: making one takes as long as copying a row. */
const MOST_VIEWS = 2 ** 15;

/** Numbers up to which a copy of one's own is taken of memory that threads share, out of which the engine copies word by word. */
const MOST_COPIED = 2 ** 20;

/** Fills `out` with rows: those at the places from `start` of `order` on. */
export type GatherRows = (order: Uint32Array, start: number, out: Float32Array) => Float32Array;

/** Gathers rows of `values`, [n, columns], row by row, of which it may keep a copy. */
export function rowGatherer(values: Float32Array, columns: number): GatherRows {
  if (columns < WIDE) return narrow(values, columns);
  const rows = values.length / columns;
  if (rows > MOST_VIEWS) return wide(columns, row => values.subarray(row * columns, (row + 1) * columns));
  const own = isShared(values) && values.length <= MOST_COPIED ? values.slice() : values;
  const views = Array.from({ length: rows }, (_, row) => own.subarray(row * columns, (row + 1) * columns));
  return wide(columns, row => views[row] as Float32Array);
}

function narrow(values: Float32Array, columns: number): GatherRows {
  return (order, start, out) => {
    const length = out.length;
    let place = start;
    for (let o = 0; o < length; ) {
      const from = (order[place++] as number) * columns;
      for (let c = 0; c < columns; c++) out[o++] = values[from + c] as number;
    }
    return out;
  };
}

function wide(columns: number, rowAt: (row: number) => Float32Array): GatherRows {
  return (order, start, out) => {
    const length = out.length;
    let place = start;
    for (let o = 0; o < length; o += columns) out.set(rowAt(order[place++] as number), o);
    return out;
  };
}

/** Where pages are not isolated, as in browsers, there is no `SharedArrayBuffer`. */
const isShared = ({ buffer }: Float32Array): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
