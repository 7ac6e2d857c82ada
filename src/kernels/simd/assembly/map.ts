import { Code } from '../opcodes';
import { runAdam } from './adam';
import { fillColumn, fillGathered, fillNarrowRow, fillOneHot, fillRow, fillTransposed } from './fill';
import { exp4, expm14, log1p4, log4, normalTwoTails4, pow4, sigmoid4, tanh4 } from './math';
import { place, stepOf, word } from './place';

// One loop an op, written out: AssemblyScript does not put a function that is handed over into a loop. Functions that take many
// constants are computed for two vectors at a time, which share their loads.

const OP_BYTES: usize = 24;

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
      case Code.EXP: {
        let i: usize = 0;
        for (; i + 16 < bytes; i += 32) {
          const x = exp4(v128.load(a));
          const y = exp4(v128.load(a + sa));
          v128.store(d + i, x);
          v128.store(d + i, y, 16);
          a += sa + sa;
        }
        if (i < bytes) v128.store(d + i, exp4(v128.load(a)));
        break;
      }
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
      case Code.TANH: {
        let i: usize = 0;
        for (; i + 16 < bytes; i += 32) {
          const x = tanh4(v128.load(a));
          const y = tanh4(v128.load(a + sa));
          v128.store(d + i, x);
          v128.store(d + i, y, 16);
          a += sa + sa;
        }
        if (i < bytes) v128.store(d + i, tanh4(v128.load(a)));
        break;
      }
      case Code.SIGMOID: {
        let i: usize = 0;
        for (; i + 16 < bytes; i += 32) {
          const x = sigmoid4(v128.load(a));
          const y = sigmoid4(v128.load(a + sa));
          v128.store(d + i, x);
          v128.store(d + i, y, 16);
          a += sa + sa;
        }
        if (i < bytes) v128.store(d + i, sigmoid4(v128.load(a)));
        break;
      }
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
