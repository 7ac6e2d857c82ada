import { BLOCK, Code, Place } from '../opcodes';
import { exp4, expm14, log1p4, log4, normalTwoTails4, pow4, sigmoid4, tanh4 } from './math';

/** Bytes of a register. */
export const REGISTER_BYTES: usize = <usize>BLOCK * 4;

const OP_BYTES: usize = 24;

// @ts-ignore: decorator
@inline
function word(at: usize): i32 {
  return load<i32>(at);
}

// @ts-ignore: decorator
@inline
function place(ref: i32, table: usize, registers: usize, start: i32): usize {
  const kind = ref & 3;
  if (kind == Place.REGISTER) return registers + <usize>(ref >> 2) * REGISTER_BYTES;
  if (kind == Place.MATRIX) return <usize>load<i32>(table + <usize>(ref & ~3)) + (<usize>start << 2);
  return <usize>(ref & ~3);
}

// @ts-ignore: decorator
@inline
function stepOf(ref: i32): usize {
  return (ref & 3) == Place.SPLAT ? 0 : 16;
}

// @ts-ignore: decorator
@inline
function one(): v128 {
  return f32x4.splat(1);
}

// @ts-ignore: decorator
@inline
function truth(mask: v128): v128 {
  return v128.and(mask, f32x4.splat(1));
}

/** Fills `count` numbers from `out` on with a row repeated, from flat position `start` on. */
function fillRow(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
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
function fillNarrowRow(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
  let column = start % columns;
  for (let i = 0; i < count; i++) {
    store<f32>(out + (<usize>i << 2), load<f32>(from + (<usize>column << 2)));
    column++;
    if (column == columns) column = 0;
  }
}

function fillColumn(out: usize, from: usize, columns: i32, start: i32, count: i32): void {
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

function fillTransposed(out: usize, from: usize, columns: i32, rows: i32, start: i32, count: i32): void {
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

function fillGathered(out: usize, from: usize, classes: usize, columns: i32, start: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const row = start + i;
    const chosen = load<f32>(classes + (<usize>row << 2));
    const column = <i32>chosen;
    const value: f32 = <u32>column < <u32>columns && <f32>column == chosen ? load<f32>(from + (<usize>(row * columns + column) << 2)) : f32.NaN;
    store<f32>(out + (<usize>i << 2), value);
  }
}

function fillOneHot(out: usize, classes: usize, columns: i32, start: i32, count: i32): void {
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

/** m ← β₁m + (1 − β₁)g, v ← (1 − β₂)g² + β₂v, p ← p − α · (m · c₁) / (√v · c₂ + ε), element by element as the ops that it stands for. */
function runAdam(at: usize, table: usize, registers: usize, start: i32, bytes: usize): void {
  const newM = place(word(at + 4), table, registers, start);
  const newV = place(word(at + 8), table, registers, start);
  const newP = place(word(at + 12), table, registers, start);
  const oldM = place(word(at + 16), table, registers, start);
  const oldV = place(word(at + 20), table, registers, start);
  const gradient = place(word(at + 24), table, registers, start);
  const oldP = place(word(at + 28), table, registers, start);
  const beta1 = v128.load(place(word(at + 32), table, registers, start));
  const rest1 = v128.load(place(word(at + 36), table, registers, start));
  const rest2 = v128.load(place(word(at + 40), table, registers, start));
  const beta2 = v128.load(place(word(at + 44), table, registers, start));
  const correctionM = v128.load(place(word(at + 48), table, registers, start));
  const correctionV = v128.load(place(word(at + 52), table, registers, start));
  const epsilon = v128.load(place(word(at + 56), table, registers, start));
  const rate = v128.load(place(word(at + 60), table, registers, start));
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(f32x4.mul(v128.load(oldM + i), beta1), f32x4.mul(g, rest1));
    const v = f32x4.add(f32x4.mul(f32x4.mul(g, g), rest2), f32x4.mul(v128.load(oldV + i), beta2));
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correctionV), epsilon);
    const step = f32x4.div(f32x4.mul(m, correctionM), root);
    const p = f32x4.add(f32x4.mul(step, rate), v128.load(oldP + i));
    v128.store(newM + i, m);
    v128.store(newV + i, v);
    v128.store(newP + i, p);
  }
}

/** Runs ops on `count` numbers from flat position `start` on. Blocks are whole vectors: what stands in a last lane past the end is not used. */
export function runOps(ops: usize, many: i32, table: usize, registers: usize, start: i32, count: i32): void {
  const bytes = (<usize>count + 3) >> 2 << 4;
  const end = ops + <usize>many * OP_BYTES;
  for (let at = ops; at < end; at += OP_BYTES) {
    const code = word(at);
    const d = place(word(at + 4), table, registers, start);
    if (code == Code.ADAM) {
      runAdam(at, table, registers, start, bytes);
      at += 2 * OP_BYTES;
      continue;
    }
    const refA = word(at + 8);
    const refB = word(at + 12);
    if (code > Code.SELECT) {
      const refC = word(at + 16);
      switch (code) {
        case Code.SPLAT:
          v128.store(d, v128.load32_splat(<usize>load<i32>(table + (<usize>refA << 2)) + (<usize>refB << 2)));
          break;
        case Code.ROW: {
          const from = <usize>load<i32>(table + (<usize>refA << 2));
          if (refB < 16) fillNarrowRow(d, from, refB, start, count);
          else fillRow(d, from, refB, start, count);
          break;
        }
        case Code.COLUMN:
          fillColumn(d, <usize>load<i32>(table + (<usize>refA << 2)), refB, start, count);
          break;
        case Code.TRANSPOSE:
          fillTransposed(d, <usize>load<i32>(table + (<usize>refA << 2)), refB, refC, start, count);
          break;
        case Code.GATHER:
          fillGathered(
            d,
            <usize>load<i32>(table + (<usize>refA << 2)),
            <usize>load<i32>(table + (<usize>refB << 2)),
            refC,
            start,
            count,
          );
          break;
        case Code.ONE_HOT:
          fillOneHot(d, <usize>load<i32>(table + (<usize>refA << 2)), refB, start, count);
          break;
        default:
          unreachable();
      }
      continue;
    }
    let a = place(refA, table, registers, start);
    let b = place(refB, table, registers, start);
    const sa = stepOf(refA);
    const sb = stepOf(refB);
    switch (code) {
      case Code.COPY:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, x);
          a += sa;
        }
        break;
      case Code.NEG:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, f32x4.neg(x));
          a += sa;
        }
        break;
      case Code.ABS:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, f32x4.abs(x));
          a += sa;
        }
        break;
      case Code.SIGN:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, v128.or(truth(f32x4.gt(x, f32x4.splat(0))), v128.and(f32x4.lt(x, f32x4.splat(0)), f32x4.splat(-1))));
          a += sa;
        }
        break;
      case Code.SQUARE:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, f32x4.mul(x, x));
          a += sa;
        }
        break;
      case Code.SQRT:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, f32x4.sqrt(x));
          a += sa;
        }
        break;
      case Code.EXP:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, exp4(x));
          a += sa;
        }
        break;
      case Code.LOG:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, log4(x));
          a += sa;
        }
        break;
      case Code.LOG1P:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, log1p4(x));
          a += sa;
        }
        break;
      case Code.TANH:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, tanh4(x));
          a += sa;
        }
        break;
      case Code.SIGMOID:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, sigmoid4(x));
          a += sa;
        }
        break;
      case Code.RELU:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, v128.bitselect(f32x4.splat(0), x, f32x4.lt(x, f32x4.splat(0))));
          a += sa;
        }
        break;
      case Code.LEAKY_RELU:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, v128.bitselect(f32x4.mul(x, y), x, f32x4.lt(x, f32x4.splat(0))));
          a += sa;
          b += sb;
        }
        break;
      case Code.ELU:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, v128.bitselect(x, f32x4.mul(y, expm14(x)), f32x4.gt(x, f32x4.splat(0))));
          a += sa;
          b += sb;
        }
        break;
      case Code.SOFTPLUS:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.add(v128.bitselect(f32x4.splat(0), x, f32x4.lt(x, f32x4.splat(0))), y));
          a += sa;
          b += sb;
        }
        break;
      case Code.NORMAL_TWO_TAILS:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          v128.store(d + i, normalTwoTails4(x));
          a += sa;
        }
        break;
      case Code.NORMAL_CDF:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, v128.bitselect(f32x4.sub(one(), f32x4.mul(f32x4.splat(0.5), y)), f32x4.mul(f32x4.splat(0.5), y), f32x4.gt(x, f32x4.splat(0))));
          a += sa;
          b += sb;
        }
        break;
      case Code.ADD:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.add(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.SUB:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.sub(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.MUL:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.mul(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.DIV:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.div(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.MAXIMUM:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.max(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.MINIMUM:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.min(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.GREATER:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, truth(f32x4.gt(x, y)));
          a += sa;
          b += sb;
        }
        break;
      case Code.GREATER_EQUAL:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, truth(f32x4.ge(x, y)));
          a += sa;
          b += sb;
        }
        break;
      case Code.LESS:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, truth(f32x4.lt(x, y)));
          a += sa;
          b += sb;
        }
        break;
      case Code.LESS_EQUAL:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, truth(f32x4.le(x, y)));
          a += sa;
          b += sb;
        }
        break;
      case Code.EQUAL:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, truth(f32x4.eq(x, y)));
          a += sa;
          b += sb;
        }
        break;
      case Code.POW:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, pow4(x, y));
          a += sa;
          b += sb;
        }
        break;
      case Code.MUL_ADD: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          v128.store(d + i, f32x4.add(f32x4.mul(x, y), z));
          a += sa;
          b += sb;
          c += sc;
        }
        break;
      }
      case Code.SUB_MUL: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          v128.store(d + i, f32x4.sub(z, f32x4.mul(x, y)));
          a += sa;
          b += sb;
          c += sc;
        }
        break;
      }
      case Code.SUM_OF_PRODUCTS: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        const refE = word(at + 20);
        let e = place(refE, table, registers, start);
        const se = stepOf(refE);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          const w = v128.load(e);
          v128.store(d + i, f32x4.add(f32x4.mul(x, y), f32x4.mul(z, w)));
          a += sa;
          b += sb;
          c += sc;
          e += se;
        }
        break;
      }
      case Code.SUM_WITH_SQUARE: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        const refE = word(at + 20);
        let e = place(refE, table, registers, start);
        const se = stepOf(refE);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          const w = v128.load(e);
          v128.store(d + i, f32x4.add(f32x4.mul(f32x4.mul(x, x), y), f32x4.mul(z, w)));
          a += sa;
          b += sb;
          c += sc;
          e += se;
        }
        break;
      }
      case Code.DIV_BY_ROOT: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        const refE = word(at + 20);
        let e = place(refE, table, registers, start);
        const se = stepOf(refE);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          const w = v128.load(e);
          v128.store(d + i, f32x4.div(x, f32x4.add(f32x4.mul(f32x4.sqrt(y), z), w)));
          a += sa;
          b += sb;
          c += sc;
          e += se;
        }
        break;
      }
      case Code.TANH_GRADIENT:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.mul(x, f32x4.sub(one(), f32x4.mul(y, y))));
          a += sa;
          b += sb;
        }
        break;
      case Code.SIGMOID_GRADIENT:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, f32x4.mul(x, f32x4.mul(y, f32x4.sub(one(), y))));
          a += sa;
          b += sb;
        }
        break;
      case Code.RELU_GRADIENT:
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          v128.store(d + i, v128.and(x, f32x4.gt(y, f32x4.splat(0))));
          a += sa;
          b += sb;
        }
        break;
      case Code.SELECT: {
        const refC = word(at + 16);
        let c = place(refC, table, registers, start);
        const sc = stepOf(refC);
        for (let i: usize = 0; i < bytes; i += 16) {
          const x = v128.load(a);
          const y = v128.load(b);
          const z = v128.load(c);
          v128.store(d + i, v128.bitselect(y, z, f32x4.ne(x, f32x4.splat(0))));
          a += sa;
          b += sb;
          c += sc;
        }
        break;
      }
      default:
        unreachable();
    }
  }
}
