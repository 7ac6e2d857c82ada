/**
 * `rows` rows of `values` ([n, columns], row by row) from place `start` of `order` on; without an order, the rows as
 * they stand, as a view.
 */
export function gatherRows(
  values: Float32Array,
  columns: number,
  order: Uint32Array | undefined,
  start: number,
  rows: number,
): Float32Array {
  if (order === undefined) return values.subarray(start * columns, (start + rows) * columns);
  const out = new Float32Array(rows * columns);
  for (let r = 0, o = 0; r < rows; r++) {
    const from = (order[start + r] as number) * columns;
    for (let c = 0; c < columns; c++) out[o++] = values[from + c] as number;
  }
  return out;
}
