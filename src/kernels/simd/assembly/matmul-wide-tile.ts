// Tiles for engines that make one instruction on vectors of 8 numbers out of two on neighbouring vectors of 4, which takes as long as
// one of them: six rows of 16 columns are then 12 sums. Elsewhere these would be 24, for which there are no registers.
//
// The engine begins with stores beside each other and goes up from there, so a tile always stores whole rows.

import { madd } from './madd';
import { storeRow } from './matmul-tile';

/** Bytes of scratch that tiles may use. */
export const TILE_BYTES: i32 = 6 * 64;

/** Where the rows of a tile wait to be copied whose last columns are not the panel's. */
let waiting: usize = 0;

/** Whether the engine does so. */
let wide: bool = false;

/** Whether `wideTiles` pays. */
// @ts-ignore: decorator
@inline
export function isWide(): bool {
  return ASC_FEATURE_RELAXED_SIMD && wide;
}

/** Gives this thread its scratch memory, 16-byte aligned. */
// @ts-ignore: decorator
@inline
export function waitAt(address: usize): void {
  waiting = address;
}

/**
 * States for this thread that the engine makes one instruction out of two where the processor can, which is so of those that round a product
 * and a sum once. scratch: 16 bytes, 16-byte aligned.
 */
export function setWide(scratch: usize): void {
  wide = roundsOnce(scratch);
}

/** 1 + 2⁻¹² squared is 1 + 2⁻¹¹ if it is rounded before the sum. */
function roundsOnce(scratch: usize): bool {
  // By way of the memory, so that no compiler knows the answer.
  v128.store(scratch, f32x4.splat(1.000244140625));
  const x = v128.load(scratch);
  v128.store(scratch, f32x4.splat(-1.00048828125));
  return f32x4.extract_lane(madd(x, x, v128.load(scratch)), 0) != 0;
}

/** Four to six rows of 16 columns; parameters as in `wideTile`. */
// @ts-ignore: decorator
@inline
function rowsOf16(
  rows: i32,
  adjacent: bool,
  k: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  start: usize,
  startStep: usize,
  out: usize,
  outStep: usize,
): void {
  let a0 = a;
  let a1 = a0 + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let a4 = a3 + aRow;
  let a5 = a4 + aRow;
  let at = start;
  let c00 = v128.load(at, 0);
  let c01 = v128.load(at, 16);
  let c02 = v128.load(at, 32);
  let c03 = v128.load(at, 48);
  at += startStep;
  let c10 = v128.load(at, 0);
  let c11 = v128.load(at, 16);
  let c12 = v128.load(at, 32);
  let c13 = v128.load(at, 48);
  at += startStep;
  let c20 = v128.load(at, 0);
  let c21 = v128.load(at, 16);
  let c22 = v128.load(at, 32);
  let c23 = v128.load(at, 48);
  at += startStep;
  let c30 = v128.load(at, 0);
  let c31 = v128.load(at, 16);
  let c32 = v128.load(at, 32);
  let c33 = v128.load(at, 48);
  at += startStep;
  let c40 = rows > 4 ? v128.load(at, 0) : c00;
  let c41 = rows > 4 ? v128.load(at, 16) : c00;
  let c42 = rows > 4 ? v128.load(at, 32) : c00;
  let c43 = rows > 4 ? v128.load(at, 48) : c00;
  at += startStep;
  let c50 = rows > 5 ? v128.load(at, 0) : c00;
  let c51 = rows > 5 ? v128.load(at, 16) : c00;
  let c52 = rows > 5 ? v128.load(at, 32) : c00;
  let c53 = rows > 5 ? v128.load(at, 48) : c00;
  for (;;) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    let x = v128.load32_splat(a0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    c02 = madd(x, b2, c02);
    c03 = madd(x, b3, c03);
    x = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    c12 = madd(x, b2, c12);
    c13 = madd(x, b3, c13);
    x = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    c22 = madd(x, b2, c22);
    c23 = madd(x, b3, c23);
    x = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    c32 = madd(x, b2, c32);
    c33 = madd(x, b3, c33);
    if (rows > 4) {
      x = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42);
      c43 = madd(x, b3, c43);
    }
    if (rows > 5) {
      x = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5);
      c50 = madd(x, b0, c50);
      c51 = madd(x, b1, c51);
      c52 = madd(x, b2, c52);
      c53 = madd(x, b3, c53);
    }
    if (--k == 0) break;
    b += bStep;
    if (adjacent) a0 += aStep;
    else {
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      if (rows > 4) a4 += 4;
      if (rows > 5) a5 += 4;
    }
  }
  v128.store(out, c00, 0);
  v128.store(out, c01, 16);
  v128.store(out, c02, 32);
  v128.store(out, c03, 48);
  out += outStep;
  v128.store(out, c10, 0);
  v128.store(out, c11, 16);
  v128.store(out, c12, 32);
  v128.store(out, c13, 48);
  out += outStep;
  v128.store(out, c20, 0);
  v128.store(out, c21, 16);
  v128.store(out, c22, 32);
  v128.store(out, c23, 48);
  out += outStep;
  v128.store(out, c30, 0);
  v128.store(out, c31, 16);
  v128.store(out, c32, 32);
  v128.store(out, c33, 48);
  if (rows > 4) {
    out += outStep;
    v128.store(out, c40, 0);
    v128.store(out, c41, 16);
    v128.store(out, c42, 32);
    v128.store(out, c43, 48);
  }
  if (rows > 5) {
    out += outStep;
    v128.store(out, c50, 0);
    v128.store(out, c51, 16);
    v128.store(out, c52, 32);
    v128.store(out, c53, 48);
  }
}

function separateSix(k: i32, a: usize, aRow: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(6, false, k, a, aRow, 4, b, bStep, start, startStep, out, outStep);
}

function separateFive(k: i32, a: usize, aRow: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(5, false, k, a, aRow, 4, b, bStep, start, startStep, out, outStep);
}

function separateFour(k: i32, a: usize, aRow: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(4, false, k, a, aRow, 4, b, bStep, start, startStep, out, outStep);
}

function adjacentSix(k: i32, a: usize, aStep: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(6, true, k, a, 4, aStep, b, bStep, start, startStep, out, outStep);
}

function adjacentFive(k: i32, a: usize, aStep: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(5, true, k, a, 4, aStep, b, bStep, start, startStep, out, outStep);
}

function adjacentFour(k: i32, a: usize, aStep: usize, b: usize, bStep: usize, start: usize, startStep: usize, out: usize, outStep: usize): void {
  rowsOf16(4, true, k, a, 4, aStep, b, bStep, start, startStep, out, outStep);
}

/** Rows of the next tile, so that none is left over, if there are enough. */
// @ts-ignore: decorator
@inline
function nextTile(rows: i32): i32 {
  if (rows > 9 && rows != 13) return 6;
  return rows == 5 || rows == 9 || rows == 13 ? 5 : rows == 6 ? 6 : 4;
}

/**
 * As many of the rows of a panel of 9 to 16 columns as there are tiles for; parameters as in `panel`. What b and start hold up to 16
 * columns is read and not used.
 *
 * @returns how many are left, at most three
 */
export function wideTiles(
  columns: i32,
  adjacent: bool,
  rows: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  start: usize,
  startStep: usize,
  out: usize,
  outStep: usize,
): i32 {
  const vectors = (columns + 3) >> 2;
  const lanes = ((columns - 1) & 3) + 1;
  while (rows >= 4) {
    const many = nextTile(rows);
    const at = columns == 16 ? out : waiting;
    const step = columns == 16 ? outStep : 64;
    if (adjacent) {
      if (many == 6) adjacentSix(k, a, aStep, b, bStep, start, startStep, at, step);
      else if (many == 5) adjacentFive(k, a, aStep, b, bStep, start, startStep, at, step);
      else adjacentFour(k, a, aStep, b, bStep, start, startStep, at, step);
    } else {
      if (many == 6) separateSix(k, a, aRow, b, bStep, start, startStep, at, step);
      else if (many == 5) separateFive(k, a, aRow, b, bStep, start, startStep, at, step);
      else separateFour(k, a, aRow, b, bStep, start, startStep, at, step);
    }
    if (columns < 16) {
      for (let row: i32 = 0; row < many; row++) {
        const from = waiting + (<usize>row << 6);
        storeRow(vectors, out + <usize>row * outStep, lanes, v128.load(from, 0), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48));
      }
    }
    rows -= many;
    a += aRow * many;
    start += startStep * many;
    out += outStep * many;
  }
  return rows;
}
