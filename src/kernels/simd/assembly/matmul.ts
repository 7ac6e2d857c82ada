import { dots } from './matmul-dots';
import { packColumns, packRows } from './matmul-pack';
import { panel } from './matmul-panel';
import { TILE_BYTES, waitAt } from './matmul-wide-tile';

// Out is made in panels of 16 columns, a panel in register tiles (matmul-tile.ts). Panels of B are copied to scratch where enough
// rows read them or B is transposed, and large products go in blocks that the caches hold. Every element's sum runs over k in
// order whatever the blocks, panels, tiles and ranges, so it is the same to the bit; products with a vector (`dots`) are chosen
// by shape alone. Long sums go by stretches of k, each summed by itself before it joins the others: a float32 sum of many terms
// loses less so.

/** Bytes of scratch for packed panels. */
const PANEL_BYTES: i32 = 1 << 19;

/** Sums of a stretch of k that wait to join the others. */
const WAITING: i32 = 1 << 13;

/** Bytes of scratch that `matmul` may use. */
export const PACK_BYTES: i32 = PANEL_BYTES + (WAITING << 2) + TILE_BYTES;

/** Steps of k up to which a sum is one stretch, and steps of a stretch of longer ones. */
const LONG: i32 = 2048;
const STRETCH: i32 = 1024;

/** Ranges that begin at multiples of this many rows or columns cost nothing; others are as right. */
export const MATMUL_GRAIN: i32 = 16;

/** Steps of k in a block: a panel of 16 KiB, for a level 1 cache. */
const BLOCK_INNER: i32 = 256;
/** Floats of A in a block of rows, for a level 2 cache. */
const BLOCK_A: i32 = 1 << 14;
/** Floats that a turned block of A may need: its steps of k are rounded up to a multiple of 4, and so are its rows. */
const TURNED_A: i32 = BLOCK_A + (BLOCK_INNER + 4) * 16;
/** Packed floats in a block of columns: `PANEL_BYTES` without a turned block of A, the row of zeros and alignment. */
const BLOCK_B: i32 = (PANEL_BYTES >> 2) - TURNED_A - 32;
/** Rows from which copying panels of B [k, n] pays, if its rows are short, and if they lie so far apart that they share cache lines' places. */
const PACK_ROWS: i32 = 24;
const PACK_FAR_ROWS: i32 = 8;
const FAR: i32 = 512;
/** Floats of B that a level 1 cache holds beside the rest, so that copying does not pay. */
const SMALL_B: i32 = 1 << 12;
/** Columns from which turning a block of A [k, m] pays. */
const TURN_COLUMNS: i32 = 64;
/** Rows up to which A·Bᵀ is made row by row as products with a vector, from so many steps of k; with fewer, only one row is. */
const DOT_ROWS: i32 = 5;
const DOT_INNER: i32 = 32;

/**
 * Rows [fromRow, toRow) and columns [fromColumn, toColumn) of out [m, n] = A·B (+ bias), k ≥ 1, row-major, 16-byte aligned.
 * orientation: 0: a [m, k], b [k, n]; 1: a [k, m], b [k, n]; 2: a [m, k], b [n, k]. bias: 0 or a row [n] from which sums start.
 * pack: `PACK_BYTES` of scratch of this thread. Up to 64 bytes past an operand are read and not used.
 */
export function matmul(
  orientation: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  b: usize,
  bias: usize,
  out: usize,
  fromRow: i32,
  toRow: i32,
  fromColumn: i32,
  toColumn: i32,
  pack: usize,
): void {
  const outRow = <usize>n << 2;
  waitAt(pack + PANEL_BYTES + (WAITING << 2));
  if (k <= LONG) {
    stretch(orientation, m, n, k, k, a, b, bias, out, outRow, fromRow, toRow, fromColumn, toColumn, pack);
    return;
  }
  stretch(orientation, m, n, k, STRETCH, a, b, bias, out, outRow, fromRow, toRow, fromColumn, toColumn, pack);
  const aStep: usize = orientation == 1 ? <usize>m << 2 : 4;
  const bStep: usize = orientation == 2 ? 4 : outRow;
  const waiting = pack + PANEL_BYTES;
  for (let from = STRETCH; from < k; from += STRETCH) {
    const steps = min(STRETCH, k - from);
    const aFrom = a + <usize>from * aStep;
    const bFrom = b + <usize>from * bStep;
    for (let left = fromColumn; left < toColumn; left += WAITING) {
      const right = min(toColumn, left + WAITING);
      const together = WAITING / (right - left);
      const row = <usize>(right - left) << 2;
      for (let top = fromRow; top < toRow; top += together) {
        const bottom = min(toRow, top + together);
        const sums = waiting - <usize>top * row - (<usize>left << 2);
        stretch(orientation, m, n, k, steps, aFrom, bFrom, 0, sums, row, top, bottom, left, right, pack);
        for (let r = top; r < bottom; r++) {
          join(right - left, waiting + <usize>(r - top) * row, out + <usize>r * outRow + (<usize>left << 2));
        }
      }
    }
  }
}

/** Adds numbers to others. */
function join(count: i32, from: usize, to: usize): void {
  let i: i32 = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}

/** `k` steps of such a product, whose operands have `inner` of them, into an out of rows of `outRow` bytes. */
function stretch(
  orientation: i32,
  m: i32,
  n: i32,
  inner: i32,
  k: i32,
  a: usize,
  b: usize,
  bias: usize,
  out: usize,
  outRow: usize,
  fromRow: i32,
  toRow: i32,
  fromColumn: i32,
  toColumn: i32,
  pack: usize,
): void {
  const rowOfA = <usize>inner << 2;
  if (orientation != 1) {
    if (n == 1) {
      if (fromColumn < toColumn)
        dots(toRow - fromRow, k, a + <usize>fromRow * rowOfA, rowOfA, b, bias, 0, out + (<usize>fromRow << 2));
      return;
    }
    if (orientation == 2 && m <= (k < DOT_INNER ? 1 : DOT_ROWS)) {
      const from = <usize>fromColumn << 2;
      for (let row = fromRow; row < toRow; row++) {
        dots(
          toColumn - fromColumn,
          k,
          b + <usize>fromColumn * rowOfA,
          rowOfA,
          a + <usize>row * rowOfA,
          bias == 0 ? 0 : bias + from,
          4,
          out + <usize>row * outRow + from,
        );
      }
      return;
    }
  }
  const zeros = pack;
  let zero = f32x4.splat(0);
  if (n == 1) {
    // Aᵀ times a vector: the vector as a row, times A.
    if (fromColumn == toColumn) return;
    if (bias != 0) zero = v128.load32_splat(bias);
    const column = a;
    a = b;
    b = column;
    bias = 0;
    n = m;
    m = 1;
    fromColumn = fromRow;
    toColumn = toRow;
    fromRow = 0;
    toRow = 1;
  }
  v128.store(zeros, zero, 0);
  v128.store(zeros, zero, 16);
  v128.store(zeros, zero, 32);
  v128.store(zeros, zero, 48);
  const adjacent = orientation == 1;
  const aRow: usize = adjacent ? 4 : rowOfA;
  const aStep: usize = adjacent ? <usize>m << 2 : 4;
  const bRow = orientation == 2 ? rowOfA : <usize>n << 2;
  const rows = toRow - fromRow;
  a += <usize>fromRow * aRow;
  out += <usize>fromRow * outRow;

  if (orientation != 2 && (n * k <= SMALL_B || rows < (n < FAR ? PACK_ROWS : PACK_FAR_ROWS))) {
    const block = rows * k > BLOCK_A ? max(16, (BLOCK_A / k) & ~3) : rows;
    for (let row = 0; row < rows; row += block) {
      const many = min(block, rows - row);
      for (let column = fromColumn; column < toColumn; column += 16) {
        const at = <usize>column << 2;
        const start = bias == 0 ? zeros : bias + at;
        panel(min(16, toColumn - column), adjacent, many, k, a, aRow, aStep, b + at, bRow, start, 0, out + at, outRow);
      }
      a += <usize>block * aRow;
      out += <usize>block * outRow;
    }
    return;
  }

  const turned = (pack + 127) & ~63;
  const packed = turned + (TURNED_A << 2);
  const blocks = (k + BLOCK_INNER - 1) / BLOCK_INNER;
  const together = blocks == 1 ? k : (k / blocks + 4) & ~3;
  const blockRows = rows * together > BLOCK_A ? max(16, (BLOCK_A / together) & ~3) : rows;
  // Packing turns four steps of k at a time.
  const panelSteps = (together + 3) & ~3;
  const columns = (toColumn - fromColumn + 15) & ~15;
  const blockColumns = columns * panelSteps > BLOCK_B ? (BLOCK_B / panelSteps) & ~15 : columns;
  const turning = adjacent && toColumn - fromColumn >= TURN_COLUMNS;
  const turnedRow = <usize>panelSteps << 2;
  for (let left = fromColumn; left < toColumn; left += blockColumns) {
    const right = min(left + blockColumns, toColumn);
    for (let from = 0; from < k; from += together) {
      const steps = min(together, k - from);
      let to = packed;
      for (let column = left; column < right; column += 16) {
        const many = min(16, right - column);
        if (orientation == 2) packColumns(many, steps, b + <usize>column * bRow + (<usize>from << 2), bRow, to, (<usize>many + 3) >> 2 << 4);
        else packRows(many, steps, b + <usize>from * bRow + (<usize>column << 2), bRow, to);
        to += <usize>panelSteps << 6;
      }
      for (let row = 0; row < rows; row += blockRows) {
        const many = min(blockRows, rows - row);
        let aBlock = a + <usize>row * aRow + <usize>from * aStep;
        if (turning) {
          packColumns(steps, many, aBlock, aStep, turned, turnedRow);
          aBlock = turned;
        }
        const outBlock = out + <usize>row * outRow;
        let panelOf = packed;
        for (let column = left; column < right; column += 16) {
          const at = <usize>column << 2;
          const width = min(16, right - column);
          const bStep = (<usize>width + 3) >> 2 << 4;
          const start = from > 0 ? outBlock + at : bias == 0 ? zeros : bias + at;
          panel(width, adjacent && !turning, many, steps, aBlock, turning ? turnedRow : aRow, aStep, panelOf, bStep, start, from > 0 ? outRow : 0, outBlock + at, outRow);
          panelOf += <usize>panelSteps << 6;
        }
      }
    }
  }
}
