import { exp4, log4 } from './math';

/** log(eˣ / Σ eˣ) over each row of x [rows, columns], from the row's largest value down. */
export function runLogSoftmax(rows: i32, columns: i32, x: usize, out: usize): void {
  const stride = <usize>columns << 2;
  const whole = columns & ~3;
  for (let r = 0; r < rows; r++, x += stride, out += stride) {
    let largest = load<f32>(x);
    for (let c = 1; c < columns; c++) {
      const value = load<f32>(x + (<usize>c << 2));
      largest = value > largest ? value : largest;
    }
    const peak = f32x4.splat(largest);
    let sums = f32x4.splat(0);
    let c: i32 = 0;
    for (; c < whole; c += 4) {
      const shifted = f32x4.sub(v128.load(x + (<usize>c << 2)), peak);
      v128.store(out + (<usize>c << 2), shifted);
      sums = f32x4.add(sums, exp4(shifted));
    }
    let last: v128 = f32x4.splat(0);
    if (c < columns) {
      // The lanes past the end are made −∞, whose exponential adds nothing.
      last = f32x4.splat(-f32.MAX_VALUE * 2);
      last = f32x4.replace_lane(last, 0, load<f32>(x + (<usize>c << 2)) - largest);
      if (c + 1 < columns) last = f32x4.replace_lane(last, 1, load<f32>(x + (<usize>c << 2), 4) - largest);
      if (c + 2 < columns) last = f32x4.replace_lane(last, 2, load<f32>(x + (<usize>c << 2), 8) - largest);
      sums = f32x4.add(sums, exp4(last));
    }
    const total =
      f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 2) + (f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 3));
    const log = f32x4.splat(f32x4.extract_lane(log4(f32x4.splat(total)), 0));
    for (c = 0; c < whole; c += 4) {
      const at = out + (<usize>c << 2);
      v128.store(at, f32x4.sub(v128.load(at), log));
    }
    if (c < columns) {
      const result = f32x4.sub(last, log);
      store<f32>(out + (<usize>c << 2), f32x4.extract_lane(result, 0));
      if (c + 1 < columns) store<f32>(out + (<usize>c << 2), f32x4.extract_lane(result, 1), 4);
      if (c + 2 < columns) store<f32>(out + (<usize>c << 2), f32x4.extract_lane(result, 2), 8);
    }
  }
}
