import { madd } from './madd';

// @ts-ignore: decorator
@inline
function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * A matrix times a vector: `many` rows of k numbers, `row` bytes from one to the next, each multiplied with the same k numbers, into contiguous out, from sums that
 * start at `start` (0: zero; `startStep` bytes from one to the next). Sums run in four lanes along k, the same for every row.
 */
export function dots(
  many: i32,
  k: i32,
  rows: usize,
  row: usize,
  vector: usize,
  start: usize,
  startStep: usize,
  out: usize,
): void {
  const bytes = <usize>k << 2;
  const whole = bytes & ~15;
  const last = i32x4.gt_s(i32x4.splat(k & 3), i32x4(0, 1, 2, 3));
  for (; many >= 4; many -= 4) {
    const row1 = rows + row;
    const row2 = row1 + row;
    const row3 = row2 + row;
    let c0 = f32x4.splat(0);
    let c1 = f32x4.splat(0);
    let c2 = f32x4.splat(0);
    let c3 = f32x4.splat(0);
    for (let i: usize = 0; i < whole; i += 16) {
      const x = v128.load(vector + i);
      c0 = madd(v128.load(rows + i), x, c0);
      c1 = madd(v128.load(row1 + i), x, c1);
      c2 = madd(v128.load(row2 + i), x, c2);
      c3 = madd(v128.load(row3 + i), x, c3);
    }
    if (whole < bytes) {
      const x = v128.and(v128.load(vector + whole), last);
      c0 = madd(v128.and(v128.load(rows + whole), last), x, c0);
      c1 = madd(v128.and(v128.load(row1 + whole), last), x, c1);
      c2 = madd(v128.and(v128.load(row2 + whole), last), x, c2);
      c3 = madd(v128.and(v128.load(row3 + whole), last), x, c3);
    }
    store<f32>(out, sumOf(c0) + (start == 0 ? 0 : load<f32>(start)), 0);
    store<f32>(out, sumOf(c1) + (start == 0 ? 0 : load<f32>(start + startStep)), 4);
    store<f32>(out, sumOf(c2) + (start == 0 ? 0 : load<f32>(start + startStep * 2)), 8);
    store<f32>(out, sumOf(c3) + (start == 0 ? 0 : load<f32>(start + startStep * 3)), 12);
    rows = row3 + row;
    start += start == 0 ? 0 : startStep << 2;
    out += 16;
  }
  for (; many > 0; many--) {
    let c = f32x4.splat(0);
    for (let i: usize = 0; i < whole; i += 16) {
      c = madd(v128.load(rows + i), v128.load(vector + i), c);
    }
    if (whole < bytes) {
      c = madd(v128.and(v128.load(rows + whole), last), v128.and(v128.load(vector + whole), last), c);
    }
    store<f32>(out, sumOf(c) + (start == 0 ? 0 : load<f32>(start)));
    rows += row;
    start += start == 0 ? 0 : startStep;
    out += 4;
  }
}
