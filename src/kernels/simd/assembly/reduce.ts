import { BLOCK, Place, Reduction } from '../opcodes';
import { runOps } from './map';

/** Rows that are summed by themselves before they join the total: a float32 sum of many terms loses less so. */
const ROWS_TOGETHER: i32 = 64;

// @ts-ignore: decorator
@inline
function combined(reduction: i32, a: f32, b: f32): f32 {
  return reduction == Reduction.MAX ? max<f32>(a, b) : a + b;
}

// @ts-ignore: decorator
@inline
function combined4(reduction: i32, a: v128, b: v128): v128 {
  return reduction == Reduction.MAX ? f32x4.max(a, b) : f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function startOf(reduction: i32): f32 {
  return reduction == Reduction.MAX ? -f32.MAX_VALUE * 2 : 0;
}

// @ts-ignore: decorator
@inline
function lanes(reduction: i32, x: v128): f32 {
  return combined(
    reduction,
    combined(reduction, f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 2)),
    combined(reduction, f32x4.extract_lane(x, 1), f32x4.extract_lane(x, 3)),
  );
}

/** One number of `count` in a row. */
// @ts-ignore: decorator
@inline
function across(reduction: i32, from: usize, count: i32): f32 {
  let i: i32 = 0;
  let at = from;
  let result = startOf(reduction);
  if (count >= 4) {
    let s0 = f32x4.splat(result);
    if (count >= 16) {
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let total = s0;
      while (i + 16 <= count) {
        // Long sums go by parts of 1024 numbers.
        const last = min(count - 15, i + 1024);
        for (; i < last; i += 16, at += 64) {
          s0 = combined4(reduction, s0, v128.load(at));
          s1 = combined4(reduction, s1, v128.load(at, 16));
          s2 = combined4(reduction, s2, v128.load(at, 32));
          s3 = combined4(reduction, s3, v128.load(at, 48));
        }
        const part = combined4(reduction, combined4(reduction, s0, s1), combined4(reduction, s2, s3));
        total = combined4(reduction, total, part);
        s0 = f32x4.splat(result);
        s1 = s0;
        s2 = s0;
        s3 = s0;
      }
      s0 = total;
    }
    for (; i + 4 <= count; i += 4, at += 16) s0 = combined4(reduction, s0, v128.load(at));
    result = lanes(reduction, s0);
  }
  for (; i < count; i++, at += 4) result = combined(reduction, result, load<f32>(at));
  return result;
}

// @ts-ignore: decorator
@inline
function into(reduction: i32, out: usize, value: f32): void {
  store<f32>(out, combined(reduction, load<f32>(out), value));
}

// @ts-ignore: decorator
@inline
function into4(reduction: i32, out: usize, value: v128): void {
  v128.store(out, combined4(reduction, v128.load(out), value));
}

/** Each row to one number, which joins out[row]. */
// @ts-ignore: decorator
@inline
function alongRows(reduction: i32, from: usize, rows: i32, columns: i32, out: usize): void {
  let at = from;
  for (let r = 0; r < rows; r++, at += <usize>columns << 2) {
    into(reduction, out + (<usize>r << 2), across(reduction, at, columns));
  }
}

/** Each column of some rows to one number, which joins out[column]. */
// @ts-ignore: decorator
@inline
function downSome(reduction: i32, from: usize, rows: i32, columns: i32, out: usize): void {
  const stride = <usize>columns << 2;
  let c: i32 = 0;
  for (; c + 16 <= columns; c += 16) {
    let at = from + (<usize>c << 2);
    let s0 = f32x4.splat(startOf(reduction));
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let r = 0; r < rows; r++, at += stride) {
      s0 = combined4(reduction, s0, v128.load(at));
      s1 = combined4(reduction, s1, v128.load(at, 16));
      s2 = combined4(reduction, s2, v128.load(at, 32));
      s3 = combined4(reduction, s3, v128.load(at, 48));
    }
    const to = out + (<usize>c << 2);
    into4(reduction, to, s0);
    into4(reduction, to + 16, s1);
    into4(reduction, to + 32, s2);
    into4(reduction, to + 48, s3);
  }
  for (; c + 4 <= columns; c += 4) {
    let at = from + (<usize>c << 2);
    let s = f32x4.splat(startOf(reduction));
    for (let r = 0; r < rows; r++, at += stride) s = combined4(reduction, s, v128.load(at));
    into4(reduction, out + (<usize>c << 2), s);
  }
  for (; c < columns; c++) {
    let at = from + (<usize>c << 2);
    let s = startOf(reduction);
    for (let r = 0; r < rows; r++, at += stride) s = combined(reduction, s, load<f32>(at));
    into(reduction, out + (<usize>c << 2), s);
  }
}

function reduceBlock(reduction: i32, axis: i32, from: usize, rows: i32, columns: i32, out: usize): void {
  const largest = reduction == Reduction.MAX;
  if (axis == 1) {
    if (largest) alongRows(Reduction.MAX, from, rows, columns, out);
    else alongRows(Reduction.SUM, from, rows, columns, out);
    return;
  }
  if (columns == 1) {
    if (largest) into(Reduction.MAX, out, across(Reduction.MAX, from, rows));
    else into(Reduction.SUM, out, across(Reduction.SUM, from, rows));
    return;
  }
  for (let r = 0; r < rows; r += ROWS_TOGETHER) {
    const some = min(ROWS_TOGETHER, rows - r);
    const at = from + (<usize>(r * columns) << 2);
    if (largest) downSome(Reduction.MAX, at, some, columns, out);
    else downSome(Reduction.SUM, at, some, columns, out);
  }
}

/** Reduces a matrix [rows, columns], or what ops make of such matrices, to [1, columns] (axis 0) or [rows, 1] (axis 1). */
export function runReduce(pc: usize, table: usize, registers: usize): void {
  const reduction = load<i32>(pc, 8);
  const axis = load<i32>(pc, 12);
  const rows = load<i32>(pc, 16);
  const columns = load<i32>(pc, 20);
  const out = <usize>load<i32>(table + (<usize>load<i32>(pc, 24) << 2));
  const source = load<i32>(pc, 28);
  const scalars = load<i32>(pc, 32);
  const many = load<i32>(pc, 36);
  const scalarOps = pc + 40;
  const ops = scalarOps + <usize>scalars * 24;
  const length = axis == 1 ? rows : columns;
  // First the numbers that are taken from matrices: `out` may be one of these.
  if (scalars > 0) runOps(scalarOps, scalars, table, registers, 0, 4);
  for (let i = 0; i < length; i++) store<f32>(out + (<usize>i << 2), startOf(reduction));
  if (many == 0 && (source & 3) == Place.MATRIX) {
    reduceBlock(reduction, axis, <usize>load<i32>(table + <usize>(source & ~3)), rows, columns, out);
  } else {
    const register = registers + <usize>(source >> 2) * (<usize>BLOCK * 4);
    if (columns <= BLOCK) {
      const together = BLOCK / columns;
      for (let r = 0; r < rows; r += together) {
        const some = min(together, rows - r);
        runOps(ops, many, table, registers, r * columns, some * columns);
        reduceBlock(reduction, axis, register, some, columns, axis == 1 ? out + (<usize>r << 2) : out);
      }
    } else {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c += BLOCK) {
          const some = min(BLOCK, columns - c);
          runOps(ops, many, table, registers, r * columns + c, some);
          reduceBlock(reduction, axis, register, 1, some, out + (<usize>(axis == 1 ? r : c) << 2));
        }
      }
    }
  }
  if (reduction == Reduction.MEAN) {
    const n = <f32>(axis == 1 ? columns : rows);
    for (let i = 0; i < length; i++) {
      const at = out + (<usize>i << 2);
      store<f32>(at, load<f32>(at) / n);
    }
  }
}
