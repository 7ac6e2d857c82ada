/** The array, or a larger one with the same beginning if it has not room for `n`. */
export function withRoom(array: Float64Array<ArrayBuffer>, n: number): Float64Array<ArrayBuffer> {
  if (n <= array.length) return array;
  const larger = new Float64Array(2 * n);
  larger.set(array);
  return larger;
}
