// Blocks that are filled from an operand of another shape, or with elements in another order.

/** Fills `count` numbers from `out` on with a row repeated, from flat position `start` on. */
export function fillRow(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
  let column = start % columns;
  let to = out;
  let left = count;
  while (left > 0) {
    const run = min(columns - column, left);
    memory.copy(to, from + (<usize>column << 2), <usize>run << 2);
    to += <usize>run << 2;
    left -= run;
    column = 0;
  }
}

/** The same for narrow rows, for which a copy costs more than its numbers. */
export function fillNarrowRow(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
  let column = start % columns;
  for (let i = 0; i < count; i++) {
    store<f32>(out + (<usize>i << 2), load<f32>(from + (<usize>column << 2)));
    column++;
    if (column == columns) column = 0;
  }
}

export function fillColumn(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
  let row = start / columns;
  let column = start - row * columns;
  let to = out;
  let left = count;
  while (left > 0) {
    const run = min(columns - column, left);
    const value = load<f32>(from + (<usize>row << 2));
    const all = f32x4.splat(value);
    let i = 0;
    for (; i + 4 <= run; i += 4) v128.store(to + (<usize>i << 2), all);
    for (; i < run; i++) store<f32>(to + (<usize>i << 2), value);
    to += <usize>run << 2;
    left -= run;
    column = 0;
    row++;
  }
}

export function fillTransposed(out: usize, from: usize, columns: i32, rows: i32, start: i32, count: i32): void {
  let row = start / columns;
  let column = start - row * columns;
  for (let i = 0; i < count; i++) {
    store<f32>(out + (<usize>i << 2), load<f32>(from + (<usize>(column * rows + row) << 2)));
    column++;
    if (column == columns) {
      column = 0;
      row++;
    }
  }
}

export function fillGathered(out: usize, from: usize, classes: usize, columns: i32, start: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = start + i;
    const chosen = load<f32>(classes + (<usize>row << 2));
    const column = <i32>chosen;
    const value: f32 = <u32>column < <u32>columns && <f32>column == chosen ? load<f32>(from + (<usize>(row * columns + column) << 2)) : f32.NaN;
    store<f32>(out + (<usize>i << 2), value);
  }
}

export function fillOneHot(out: usize, classes: usize, columns: i32, start: i32, count: i32): void {
  let row = start / columns;
  let column = start - row * columns;
  let chosen = load<f32>(classes + (<usize>row << 2));
  for (let i = 0; i < count; i++) {
    store<f32>(out + (<usize>i << 2), chosen == <f32>column ? 1 : 0);
    column++;
    if (column == columns) {
      column = 0;
      row++;
      if (i + 1 < count) chosen = load<f32>(classes + (<usize>row << 2));
    }
  }
}
