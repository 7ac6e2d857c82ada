// The register tiles. The sum of an element runs over k one by one, from where it starts, in every tile, so that tiles can be mixed.
//
// How V8 compiles it decides the form. It loads whatever a stretch without branches loads at the stretch's beginning, so that
// sums, operands and a product must fit 15 registers in a step of k; the way out after each step keeps steps apart, and costs
// less than the stack check that every round of a loop has.

import { madd } from './madd';

/** Stores a row of a tile, of whose last vector only `lanes` (1 to 4) count. */
// @ts-ignore: decorator
@inline
export function storeRow(vectors: i32, out: usize, lanes: i32, c0: v128, c1: v128, c2: v128, c3: v128): void {
  if (vectors > 1) v128.store(out, c0, 0);
  if (vectors > 2) v128.store(out, c1, 16);
  if (vectors > 3) v128.store(out, c2, 32);
  const last = vectors > 3 ? c3 : vectors > 2 ? c2 : vectors > 1 ? c1 : c0;
  const to = out + ((<usize>vectors - 1) << 4);
  if (lanes == 4) v128.store(to, last);
  else if (lanes == 1) v128.store32_lane(to, last, 0);
  else {
    v128.store64_lane(to, last, 0);
    if (lanes == 3) v128.store32_lane(to, last, 2, 8);
  }
}

/**
 * One or two rows of 12 or 16 columns. `adjacent`: the rows of A stand side by side, `aStep` bytes from one k to the next;
 * else each is contiguous, `aRow` bytes from one to the next. Sums start from the row at `start`, `startStep` bytes a row.
 */
// @ts-ignore: decorator
@inline
export function wideTile(
  rows: i32,
  vectors: i32,
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
  let at = start;
  let c00 = v128.load(at, 0);
  let c01 = v128.load(at, 16);
  let c02 = v128.load(at, 32);
  let c03 = vectors > 3 ? v128.load(at, 48) : c00;
  at += startStep;
  let c10 = rows > 1 ? v128.load(at, 0) : c00;
  let c11 = rows > 1 ? v128.load(at, 16) : c00;
  let c12 = rows > 1 ? v128.load(at, 32) : c00;
  let c13 = rows > 1 && vectors > 3 ? v128.load(at, 48) : c00;
  for (;;) {
    let b0 = v128.load(b, 0);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(b, 32);
    let b3 = vectors > 3 ? v128.load(b, 48) : b0;
    let x0 = v128.load32_splat(a0, 0);
    let x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 0)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c03 = madd(x0, b3, c03);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c13 = madd(x1, b3, c13);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b3 = vectors > 3 ? v128.load(b, 48) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 4);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 4)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c03 = madd(x0, b3, c03);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c13 = madd(x1, b3, c13);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b3 = vectors > 3 ? v128.load(b, 48) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 8);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 8)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c03 = madd(x0, b3, c03);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c13 = madd(x1, b3, c13);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    b2 = v128.load(b, 32);
    b3 = vectors > 3 ? v128.load(b, 48) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 12);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 12)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c03 = madd(x0, b3, c03);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c13 = madd(x1, b3, c13);
    b += bStep;
    if (adjacent) a0 += aStep;
    else {
      a0 += 16;
      a1 += 16;
    }
    if (--k == 0) break;
  }
  storeRow(vectors, out, lanes, c00, c01, c02, c03);
  out += outStep;
  if (rows > 1) storeRow(vectors, out, lanes, c10, c11, c12, c13);
}

/**
 * The same for one, two or four rows of 4 or 8 columns.
 */
// @ts-ignore: decorator
@inline
export function narrowTile(
  rows: i32,
  vectors: i32,
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
  let at = start;
  let c00 = v128.load(at, 0);
  let c01 = vectors > 1 ? v128.load(at, 16) : c00;
  at += startStep;
  let c10 = rows > 1 ? v128.load(at, 0) : c00;
  let c11 = rows > 1 && vectors > 1 ? v128.load(at, 16) : c00;
  at += startStep;
  let c20 = rows > 2 ? v128.load(at, 0) : c00;
  let c21 = rows > 2 && vectors > 1 ? v128.load(at, 16) : c00;
  at += startStep;
  let c30 = rows > 3 ? v128.load(at, 0) : c00;
  let c31 = rows > 3 && vectors > 1 ? v128.load(at, 16) : c00;
  for (;;) {
    let b0 = v128.load(b, 0);
    let b1 = vectors > 1 ? v128.load(b, 16) : b0;
    let x0 = v128.load32_splat(a0, 0);
    let x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 0)) : x0;
    let x2 = rows > 2 ? (adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 0)) : x0;
    let x3 = rows > 3 ? (adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 0)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = vectors > 1 ? v128.load(b, 16) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 4);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 4)) : x0;
    x2 = rows > 2 ? (adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 4)) : x0;
    x3 = rows > 3 ? (adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 4)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = vectors > 1 ? v128.load(b, 16) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 8);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 8)) : x0;
    x2 = rows > 2 ? (adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 8)) : x0;
    x3 = rows > 3 ? (adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 8)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    b += bStep;
    if (adjacent) a0 += aStep;
    if (--k == 0) break;

    b0 = v128.load(b, 0);
    b1 = vectors > 1 ? v128.load(b, 16) : b0;
    x0 = adjacent ? v128.load32_splat(a0, 0) : v128.load32_splat(a0, 12);
    x1 = rows > 1 ? (adjacent ? v128.load32_splat(a0, 4) : v128.load32_splat(a1, 12)) : x0;
    x2 = rows > 2 ? (adjacent ? v128.load32_splat(a0, 8) : v128.load32_splat(a2, 12)) : x0;
    x3 = rows > 3 ? (adjacent ? v128.load32_splat(a0, 12) : v128.load32_splat(a3, 12)) : x0;
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    b += bStep;
    if (adjacent) a0 += aStep;
    else {
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
    }
    if (--k == 0) break;
  }
  storeRow(vectors, out, lanes, c00, c01, c00, c00);
  out += outStep;
  if (rows > 1) storeRow(vectors, out, lanes, c10, c11, c10, c10);
  out += outStep;
  if (rows > 2) storeRow(vectors, out, lanes, c20, c21, c20, c20);
  out += outStep;
  if (rows > 3) storeRow(vectors, out, lanes, c30, c31, c30, c30);
}
