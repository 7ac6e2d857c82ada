import { exp4, log4 } from './math';

/** Rows whose sums go through the logarithm together. */
const ROWS_TOGETHER: i32 = 64;

const MINUS_INFINITE: f32 = -f32.MAX_VALUE * 2;

/** Up to three numbers of a row's end in the first lanes, −∞ in the others. */
// @ts-ignore: decorator
@inline
function rowEnd(at: usize, count: i32): v128 {
  let end = f32x4.replace_lane(f32x4.splat(MINUS_INFINITE), 0, load<f32>(at));
  if (count > 1) end = f32x4.replace_lane(end, 1, load<f32>(at, 4));
  if (count > 2) end = f32x4.replace_lane(end, 2, load<f32>(at, 8));
  return end;
}

// @ts-ignore: decorator
@inline
function storeEnd(at: usize, count: i32, values: v128): void {
  store<f32>(at, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(values, 2), 8);
}

// @ts-ignore: decorator
@inline
function larger(a: v128, b: v128): v128 {
  return v128.bitselect(b, a, f32x4.gt(b, a));
}

/**
 * log(eˣ / Σ eˣ) over each row of x [rows, columns], from the row's largest value down: `out` holds the shifted values until the
 * logarithms of the sums are known. `sums`: scratch for 64 numbers.
 */
export function runLogSoftmax(rows: i32, columns: i32, x: usize, out: usize, sums: usize): void {
  const stride = <usize>columns << 2;
  const whole = <usize>(columns & ~3) << 2;
  const rest = columns & 3;
  for (let first = 0; first < rows; first += ROWS_TOGETHER) {
    const some = min(ROWS_TOGETHER, rows - first);
    let to = out;
    for (let r = 0; r < some; r++, x += stride, to += stride) {
      const end = rest > 0 ? rowEnd(x + whole, rest) : f32x4.splat(MINUS_INFINITE);
      let most = end;
      for (let c: usize = 0; c < whole; c += 16) most = larger(most, v128.load(x + c));
      most = larger(most, i8x16.shuffle(most, most, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
      most = larger(most, i8x16.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
      const peak = f32x4.splat(f32x4.extract_lane(most, 0));
      let sum = f32x4.splat(0);
      for (let c: usize = 0; c < whole; c += 16) {
        const shifted = f32x4.sub(v128.load(x + c), peak);
        v128.store(to + c, shifted);
        sum = f32x4.add(sum, exp4(shifted));
      }
      if (rest > 0) {
        const shifted = f32x4.sub(end, peak);
        // The exponential of −∞ is slow, so the lanes that are none of the row's are left out afterwards.
        const own = f32x4.gt(f32x4.splat(<f32>rest), f32x4(0, 1, 2, 3));
        sum = f32x4.add(sum, v128.and(own, exp4(v128.and(own, shifted))));
        storeEnd(to + whole, rest, shifted);
      }
      const halves = f32x4.add(sum, i8x16.shuffle(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
      store<f32>(sums + (<usize>r << 2), f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1));
    }
    for (let r: usize = 0; r < <usize>some << 2; r += 16) v128.store(sums + r, log4(v128.load(sums + r)));
    for (let r = 0; r < some; r++, out += stride) {
      const log = v128.load32_splat(sums + (<usize>r << 2));
      for (let c: usize = 0; c < whole; c += 16) v128.store(out + c, f32x4.sub(v128.load(out + c), log));
      if (rest > 0) storeEnd(out + whole, rest, f32x4.sub(rowEnd(out + whole, rest), log));
    }
  }
}

/** (onehot(class) − eʸ) · s for each row of y [rows, columns]: what a softmax passes down from the likelihood of one class. */
export function runSoftmaxGradient(
  rows: i32,
  columns: i32,
  y: usize,
  classes: usize,
  scale: usize,
  scaleStep: usize,
  out: usize,
): void {
  const stride = <usize>columns << 2;
  const whole = <usize>(columns & ~3) << 2;
  const rest = columns & 3;
  for (let r = 0; r < rows; r++, y += stride, out += stride, classes += 4, scale += scaleStep) {
    const chosen = load<f32>(classes);
    const column = <i32>chosen;
    // No class of these columns: nothing comes down.
    const s: f32 = <u32>column < <u32>columns && <f32>column == chosen ? load<f32>(scale) : 0;
    const factor = f32x4.splat(-s);
    for (let c: usize = 0; c < whole; c += 16) v128.store(out + c, f32x4.mul(exp4(v128.load(y + c)), factor));
    if (rest > 0) {
      const own = f32x4.gt(f32x4.splat(<f32>rest), f32x4(0, 1, 2, 3));
      storeEnd(out + whole, rest, f32x4.mul(exp4(v128.and(own, rowEnd(y + whole, rest))), factor));
    }
    if (s != 0) {
      const at = out + (<usize>column << 2);
      store<f32>(at, s + load<f32>(at));
    }
  }
}
