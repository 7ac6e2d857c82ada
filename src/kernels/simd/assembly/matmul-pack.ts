/** Packs k × columns (1 to 16) of B [k, n] as rows of 64, 48, 32 or 16 bytes. What the last vector reads past the columns is not used. */
export function packRows(columns: i32, k: i32, b: usize, bStep: usize, to: usize): void {
  if (columns > 12) {
    for (; k > 0; k--) {
      v128.store(to, v128.load(b, 0), 0);
      v128.store(to, v128.load(b, 16), 16);
      v128.store(to, v128.load(b, 32), 32);
      v128.store(to, v128.load(b, 48), 48);
      b += bStep;
      to += 64;
    }
  } else {
    const bytes = (<usize>columns + 3) >> 2 << 4;
    for (; k > 0; k--) {
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(b + i));
      b += bStep;
      to += bytes;
    }
  }
}

/**
 * Packs `columns` rows of B [n, k] (`bRow` bytes from one to the next) as k rows of columns, `toRow` bytes from one to the next:
 * four rows by four steps of k are turned in registers. Up to three steps past k and three columns are written and not used;
 * a row that B lacks is its last one once more.
 */
export function packColumns(columns: i32, k: i32, b: usize, bRow: usize, to: usize, toRow: usize): void {
  for (let column = 0; column < columns; column += 4) {
    const past = columns - 1 - column;
    let b0 = b;
    let b1 = past > 0 ? b0 + bRow : b0;
    let b2 = past > 1 ? b1 + bRow : b1;
    let b3 = past > 2 ? b2 + bRow : b2;
    let at = to;
    for (let left = k; left > 0; left -= 4) {
      const x0 = v128.load(b0);
      const x1 = v128.load(b1);
      const x2 = v128.load(b2);
      const x3 = v128.load(b3);
      const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
      const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(at, i64x2.shuffle(low01, low23, 0, 2));
      at += toRow;
      v128.store(at, i64x2.shuffle(low01, low23, 1, 3));
      at += toRow;
      v128.store(at, i64x2.shuffle(high01, high23, 0, 2));
      at += toRow;
      v128.store(at, i64x2.shuffle(high01, high23, 1, 3));
      at += toRow;
      b0 += 16;
      b1 += 16;
      b2 += 16;
      b3 += 16;
    }
    b += bRow << 2;
    to += 16;
  }
}
