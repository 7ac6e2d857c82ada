// Register tiles of more sums than those of matmul-tile.ts, where a product and a sum are one instruction. Such an instruction takes 4
// or 5 rounds of the clock and two begin in each, so that fewer than 8 to 10 sums at a time leave the processor waiting; 12 fit its
// registers beside the operands, as no product has to be kept.
//
// They only fit if few operands are loaded ahead. V8 loads at the beginning of a stretch without branches what the stretch loads, so
// rows are kept apart by ways out that are never taken: k is not negative. No two may ask for the same number of steps left, or
// the compiler knows the answer to the second one.

import { madd } from './madd';
import { storeRow } from './matmul-tile';

/**
 * Six rows of 5 to 8 columns; parameters as in `wideTile`.
 */
// @ts-ignore: decorator
@inline
export function sixRows(
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
  lanes: i32,
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
  at += startStep;
  let c10 = v128.load(at, 0);
  let c11 = v128.load(at, 16);
  at += startStep;
  let c20 = v128.load(at, 0);
  let c21 = v128.load(at, 16);
  at += startStep;
  let c30 = v128.load(at, 0);
  let c31 = v128.load(at, 16);
  at += startStep;
  let c40 = v128.load(at, 0);
  let c41 = v128.load(at, 16);
  at += startStep;
  let c50 = v128.load(at, 0);
  let c51 = v128.load(at, 16);
  for (;;) {
    let b0 = v128.load(b, 0);
    let b1 = v128.load(b, 16);
    b += bStep;
    let x = v128.load32_splat(a0, 0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    if (k == -1) break;
    x = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 0);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    if (k == -2) break;
    x = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 0);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    if (k == -3) break;
    x = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 0);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    if (k == -4) break;
    x = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 0);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    if (k == -5) break;
    x = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 0);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b += bStep;
    x = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 4);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    if (k == -17) break;
    x = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    if (k == -18) break;
    x = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 4);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    if (k == -19) break;
    x = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 4);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    if (k == -20) break;
    x = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    if (k == -21) break;
    x = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 4);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b += bStep;
    x = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 8);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    if (k == -33) break;
    x = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 8);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    if (k == -34) break;
    x = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    if (k == -35) break;
    x = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 8);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    if (k == -36) break;
    x = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 8);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    if (k == -37) break;
    x = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 8);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b += bStep;
    x = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 12);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    if (k == -49) break;
    x = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 12);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    if (k == -50) break;
    x = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 12);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    if (k == -51) break;
    x = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    if (k == -52) break;
    x = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 12);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    if (k == -53) break;
    x = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 12);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    if (adjacent) a0 += aStep;
    else {
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
    }
    if (--k == 0) break;
  }
  storeRow(2, out, lanes, c00, c01, c00, c00);
  out += outStep;
  storeRow(2, out, lanes, c10, c11, c10, c10);
  out += outStep;
  storeRow(2, out, lanes, c20, c21, c20, c20);
  out += outStep;
  storeRow(2, out, lanes, c30, c31, c30, c30);
  out += outStep;
  storeRow(2, out, lanes, c40, c41, c40, c40);
  out += outStep;
  storeRow(2, out, lanes, c50, c51, c50, c50);
}

/**
 * Three rows of 9 to 12 columns.
 */
// @ts-ignore: decorator
@inline
export function threeRows(
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
  lanes: i32,
): void {
  let a0 = a;
  let a1 = a0 + aRow;
  let a2 = a1 + aRow;
  let at = start;
  let c00 = v128.load(at, 0);
  let c01 = v128.load(at, 16);
  let c02 = v128.load(at, 32);
  at += startStep;
  let c10 = v128.load(at, 0);
  let c11 = v128.load(at, 16);
  let c12 = v128.load(at, 32);
  at += startStep;
  let c20 = v128.load(at, 0);
  let c21 = v128.load(at, 16);
  let c22 = v128.load(at, 32);
  for (;;) {
    let b0 = v128.load(b, 0);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(b, 32);
    b += bStep;
    let x0 = v128.load32_splat(a0, 0);
    let x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 0);
    let x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 0);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c22 = madd(x2, b2, c22);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 4);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 4);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 4);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c22 = madd(x2, b2, c22);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 8);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 8);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 8);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c22 = madd(x2, b2, c22);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 12);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 12);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 12);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c22 = madd(x2, b2, c22);
    if (adjacent) a0 += aStep;
    else {
      a0 += 16;
      a1 += 16;
      a2 += 16;
    }
    if (--k == 0) break;
  }
  storeRow(3, out, lanes, c00, c01, c02, c00);
  out += outStep;
  storeRow(3, out, lanes, c10, c11, c12, c10);
  out += outStep;
  storeRow(3, out, lanes, c20, c21, c22, c20);
}

/**
 * Eight rows of 1 to 4 columns.
 */
// @ts-ignore: decorator
@inline
export function eightRows(
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
  lanes: i32,
): void {
  let a0 = a;
  let a1 = a0 + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let a4 = a3 + aRow;
  let a5 = a4 + aRow;
  let a6 = a5 + aRow;
  let a7 = a6 + aRow;
  let at = start;
  let c00 = v128.load(at, 0);
  at += startStep;
  let c10 = v128.load(at, 0);
  at += startStep;
  let c20 = v128.load(at, 0);
  at += startStep;
  let c30 = v128.load(at, 0);
  at += startStep;
  let c40 = v128.load(at, 0);
  at += startStep;
  let c50 = v128.load(at, 0);
  at += startStep;
  let c60 = v128.load(at, 0);
  at += startStep;
  let c70 = v128.load(at, 0);
  for (;;) {
    let b0 = v128.load(b, 0);
    b += bStep;
    let x0 = v128.load32_splat(a0, 0);
    let x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 0);
    let x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 0);
    let x3 = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 0);
    c00 = madd(x0, b0, c00);
    c10 = madd(x1, b0, c10);
    c20 = madd(x2, b0, c20);
    c30 = madd(x3, b0, c30);
    if (k == -4) break;
    let x4 = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 0);
    let x5 = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 0);
    let x6 = adjacent ? v128.load32_splat(a0, 24) : v128.load32_splat(a6, 0);
    let x7 = adjacent ? v128.load32_splat(a0, 28) : v128.load32_splat(a7, 0);
    c40 = madd(x4, b0, c40);
    c50 = madd(x5, b0, c50);
    c60 = madd(x6, b0, c60);
    c70 = madd(x7, b0, c70);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 4);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 4);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 4);
    x3 = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 4);
    c00 = madd(x0, b0, c00);
    c10 = madd(x1, b0, c10);
    c20 = madd(x2, b0, c20);
    c30 = madd(x3, b0, c30);
    if (k == -20) break;
    x4 = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 4);
    x5 = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 4);
    x6 = adjacent ? v128.load32_splat(a0, 24) : v128.load32_splat(a6, 4);
    x7 = adjacent ? v128.load32_splat(a0, 28) : v128.load32_splat(a7, 4);
    c40 = madd(x4, b0, c40);
    c50 = madd(x5, b0, c50);
    c60 = madd(x6, b0, c60);
    c70 = madd(x7, b0, c70);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 8);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 8);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 8);
    x3 = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 8);
    c00 = madd(x0, b0, c00);
    c10 = madd(x1, b0, c10);
    c20 = madd(x2, b0, c20);
    c30 = madd(x3, b0, c30);
    if (k == -36) break;
    x4 = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 8);
    x5 = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 8);
    x6 = adjacent ? v128.load32_splat(a0, 24) : v128.load32_splat(a6, 8);
    x7 = adjacent ? v128.load32_splat(a0, 28) : v128.load32_splat(a7, 8);
    c40 = madd(x4, b0, c40);
    c50 = madd(x5, b0, c50);
    c60 = madd(x6, b0, c60);
    c70 = madd(x7, b0, c70);
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b += bStep;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 12);
    x1 = adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 12);
    x2 = adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 12);
    x3 = adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 12);
    c00 = madd(x0, b0, c00);
    c10 = madd(x1, b0, c10);
    c20 = madd(x2, b0, c20);
    c30 = madd(x3, b0, c30);
    if (k == -52) break;
    x4 = adjacent ? v128.load32_splat(a0, 16) : v128.load32_splat(a4, 12);
    x5 = adjacent ? v128.load32_splat(a0, 20) : v128.load32_splat(a5, 12);
    x6 = adjacent ? v128.load32_splat(a0, 24) : v128.load32_splat(a6, 12);
    x7 = adjacent ? v128.load32_splat(a0, 28) : v128.load32_splat(a7, 12);
    c40 = madd(x4, b0, c40);
    c50 = madd(x5, b0, c50);
    c60 = madd(x6, b0, c60);
    c70 = madd(x7, b0, c70);
    if (adjacent) a0 += aStep;
    else {
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
      a6 += 16;
      a7 += 16;
    }
    if (--k == 0) break;
  }
  storeRow(1, out, lanes, c00, c00, c00, c00);
  out += outStep;
  storeRow(1, out, lanes, c10, c10, c10, c10);
  out += outStep;
  storeRow(1, out, lanes, c20, c20, c20, c20);
  out += outStep;
  storeRow(1, out, lanes, c30, c30, c30, c30);
  out += outStep;
  storeRow(1, out, lanes, c40, c40, c40, c40);
  out += outStep;
  storeRow(1, out, lanes, c50, c50, c50, c50);
  out += outStep;
  storeRow(1, out, lanes, c60, c60, c60, c60);
  out += outStep;
  storeRow(1, out, lanes, c70, c70, c70, c70);
}
