import { eightRows, sixRows, threeRows } from './matmul-tall-tile';
import { narrowTile, wideTile } from './matmul-tile';
import { isWide, wideTiles } from './matmul-wide-tile';

// A panel is up to 16 columns of the product, all the rows asked for.

/** Steps of k from which the tall tiles' more pointers and sums pay. */
const TALL_INNER: i32 = 12;
/** The same for one vector of columns, unless its rows of A stand side by side. */
const TALLEST_INNER: i32 = 24;

// @ts-ignore: decorator
@inline
function widePanel(
  vectors: i32,
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
  lanes: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD && vectors > 3) {
    for (; rows >= 6 && k >= TALL_INNER; rows -= 6) {
      sixRows(adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, 4);
      sixRows(adjacent, k, a, aRow, aStep, b + 32, bStep, start + 32, startStep, out + 32, outStep, lanes);
      a += aRow * 6;
      start += startStep * 6;
      out += outStep * 6;
    }
  } else if (ASC_FEATURE_RELAXED_SIMD) {
    for (; rows >= 3 && k >= TALL_INNER; rows -= 3) {
      threeRows(adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
      a += aRow * 3;
      start += startStep * 3;
      out += outStep * 3;
    }
  }
  for (; rows >= 2; rows -= 2) {
    wideTile(2, vectors, adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    a += aRow << 1;
    start += startStep << 1;
    out += outStep << 1;
  }
  if (rows > 0) wideTile(1, vectors, adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

// @ts-ignore: decorator
@inline
function narrowPanel(
  vectors: i32,
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
  lanes: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD && vectors > 1) {
    for (; rows >= 6 && k >= TALL_INNER; rows -= 6) {
      sixRows(adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
      a += aRow * 6;
      start += startStep * 6;
      out += outStep * 6;
    }
  } else if (ASC_FEATURE_RELAXED_SIMD) {
    for (; rows >= 8 && k >= (adjacent ? TALL_INNER : TALLEST_INNER); rows -= 8) {
      eightRows(adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
      a += aRow * 8;
      start += startStep * 8;
      out += outStep * 8;
    }
  }
  for (; rows >= 4; rows -= 4) {
    narrowTile(4, vectors, adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    a += aRow << 2;
    start += startStep << 2;
    out += outStep << 2;
  }
  if (rows >= 2) {
    narrowTile(2, vectors, adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    rows -= 2;
    a += aRow << 1;
    start += startStep << 1;
    out += outStep << 1;
  }
  if (rows > 0) narrowTile(1, vectors, adjacent, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function separate4(
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
  lanes: i32,
): void {
  narrowPanel(1, false, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function separate8(
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
  lanes: i32,
): void {
  narrowPanel(2, false, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function separate12(
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
  lanes: i32,
): void {
  widePanel(3, false, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function separate16(
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
  lanes: i32,
): void {
  widePanel(4, false, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function adjacent4(
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
  lanes: i32,
): void {
  narrowPanel(1, true, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function adjacent8(
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
  lanes: i32,
): void {
  narrowPanel(2, true, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function adjacent12(
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
  lanes: i32,
): void {
  widePanel(3, true, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

function adjacent16(
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
  lanes: i32,
): void {
  widePanel(4, true, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
}

/**
 * One panel of a product, `columns` (1 to 16) wide: rows × columns numbers of out, from sums that start at the row at `start`
 * (`startStep` bytes to that of the next row). What b and start hold up to 16 columns is read and not used.
 */
// @ts-ignore: decorator
@inline
export function panel(
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
): void {
  const lanes = ((columns - 1) & 3) + 1;
  if (columns > 8 && rows >= 4 && isWide()) {
    const left = wideTiles(columns, adjacent, rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep);
    const done = <usize>(rows - left);
    rows = left;
    a += aRow * done;
    start += startStep * done;
    out += outStep * done;
    if (rows == 0) return;
  }
  if (adjacent) {
    if (columns > 12) adjacent16(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else if (columns > 8) adjacent12(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else if (columns > 4) adjacent8(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else adjacent4(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
  } else {
    if (columns > 12) separate16(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else if (columns > 8) separate12(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else if (columns > 4) separate8(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
    else separate4(rows, k, a, aRow, aStep, b, bStep, start, startStep, out, outStep, lanes);
  }
}
