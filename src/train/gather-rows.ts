/** From so many columns on a row is copied by the engine; below, making the view takes longer than a loop. */
const WIDE = 48;

/** Fills `out` with rows of `values` ([n, columns], row by row): those at the places from `start` of `order` on. */
export function gatherRows(
  values: Float32Array,
  columns: number,
  order: Uint32Array,
  start: number,
  out: Float32Array,
): Float32Array {
  const length = out.length;
  let place = start;
  if (columns >= WIDE) {
    for (let o = 0; o < length; o += columns) {
      const from = (order[place++] as number) * columns;
      out.set(values.subarray(from, from + columns), o);
    }
    return out;
  }
  for (let o = 0; o < length; ) {
    const from = (order[place++] as number) * columns;
    for (let c = 0; c < columns; c++) out[o++] = values[from + c] as number;
  }
  return out;
}
