/** Copies rows of `columns` numbers of the matrix at `from`, those whose numbers stand at `order`, to `to`, one after another. */
export function gatherRows(to: usize, from: usize, order: usize, rows: i32, columns: i32): void {
  const bytes = <usize>columns << 2;
  const whole = bytes & ~15;
  const end = order + (<usize>rows << 2);
  for (let at = order; at < end; at += 4) {
    const row = from + <usize>load<u32>(at) * bytes;
    for (let i: usize = 0; i < whole; i += 16) v128.store(to + i, v128.load(row + i));
    for (let i = whole; i < bytes; i += 4) store<f32>(to + i, load<f32>(row + i));
    to += bytes;
  }
}
