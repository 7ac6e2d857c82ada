import { BLOCK, Instruction } from '../opcodes';
import { gatherRows } from './gather';
import { runLogSoftmax, runSoftmaxGradient } from './log-softmax';
import { MATMUL_GRAIN, matmul, PACK_BYTES } from './matmul';
import { runOps } from './map';
import { setWide } from './matmul-wide-tile';
import { runReduce } from './reduce';
import { helpedParts, meetAt, serveThread, share, sharesMap, sharesProduct, stopThreads } from './threads';

export { gatherRows, matmul, setWide };

/** Where this thread's registers begin; its packed panels lie behind the registers. */
let registers: usize = 0;
let pack: usize = 0;

/** Bytes that a product may use as scratch. */
export function packBytes(): i32 {
  return PACK_BYTES;
}

/** Gives this thread its scratch memory, each 16-byte aligned. */
export function setScratch(registersAt: usize, packAt: usize): void {
  registers = registersAt;
  pack = packAt;
}

// @ts-ignore: decorator
@inline
function matrix(table: usize, index: i32): usize {
  return <usize>load<i32>(table + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function product(pc: usize, table: usize, fromRow: i32, toRow: i32, fromColumn: i32, toColumn: i32): void {
  const bias = load<i32>(pc, 28);
  matmul(
    load<i32>(pc, 4),
    load<i32>(pc, 8),
    load<i32>(pc, 12),
    load<i32>(pc, 16),
    matrix(table, load<i32>(pc, 20)),
    matrix(table, load<i32>(pc, 24)),
    bias < 0 ? 0 : matrix(table, bias),
    matrix(table, load<i32>(pc, 32)),
    fromRow,
    toRow,
    fromColumn,
    toColumn,
    pack,
  );
}

// @ts-ignore: decorator
@inline
function map(pc: usize, table: usize, from: i32, to: i32): void {
  const many = load<i32>(pc, 16);
  const ops = pc + 20 + <usize>load<i32>(pc, 12) * 24;
  for (let start = from; start < to; start += BLOCK) {
    runOps(ops, many, table, registers, start, min(BLOCK, to - start));
  }
}

/** One of `parts` ranges of `size`, each a multiple of `grain` but for the last. */
// @ts-ignore: decorator
@inline
function border(size: i32, grain: i32, part: i32, parts: i32): i32 {
  return part == parts ? size : <i32>((<i64>((size + grain - 1) / grain) * part) / parts) * grain;
}

/** Whether parts of a product are ranges of rows: one has to copy all of B, one of columns reads all of A, which where it is turned takes as long. */
// @ts-ignore: decorator
@inline
function byRows(orientation: i32, m: i32, n: i32): bool {
  return orientation == 1 ? m >= n : m >= 4 * n;
}

/** How many ranges of `grain` there are, at least one. */
// @ts-ignore: decorator
@inline
function grains(size: i32, grain: i32): i32 {
  return (size + grain - 1) / grain;
}

/** Runs one part of a product or a MAP. */
function runPart(pc: usize, table: usize, part: i32, parts: i32): void {
  if (load<i32>(pc) == Instruction.MAP) {
    const size = load<i32>(pc, 8);
    map(pc, table, border(size, BLOCK, part, parts), border(size, BLOCK, part + 1, parts));
    return;
  }
  const m = load<i32>(pc, 8);
  const n = load<i32>(pc, 12);
  if (byRows(load<i32>(pc, 4), m, n)) product(pc, table, border(m, MATMUL_GRAIN, part, parts), border(m, MATMUL_GRAIN, part + 1, parts), 0, n);
  else product(pc, table, 0, m, border(n, MATMUL_GRAIN, part, parts), border(n, MATMUL_GRAIN, part + 1, parts));
}

/** Runs instructions from address `pc` on to END; `table` holds the addresses of the matrices that they name by index. */
export function execute(pc: usize, table: usize): void {
  for (;;) {
    switch (load<i32>(pc)) {
      case Instruction.MATMUL: {
        const m = load<i32>(pc, 8);
        const n = load<i32>(pc, 12);
        const k = load<i32>(pc, 16);
        const most = grains(byRows(load<i32>(pc, 4), m, n) ? m : n, MATMUL_GRAIN);
        if (ASC_FEATURE_THREADS && most > 1 && sharesProduct(m, n, k)) share(pc, table, most, runPart);
        else product(pc, table, 0, m, 0, n);
        pc += 36;
        break;
      }
      case Instruction.MAP: {
        const size = load<i32>(pc, 8);
        const scalars = load<i32>(pc, 12);
        if (scalars > 0) runOps(pc + 20, scalars, table, registers, 0, 4);
        const many = load<i32>(pc, 16);
        const most = grains(size, BLOCK);
        if (ASC_FEATURE_THREADS && most > 1 && sharesMap(size, many)) share(pc, table, most, runPart);
        else map(pc, table, 0, size);
        pc += 8 + (<usize>load<i32>(pc, 4) << 2);
        break;
      }
      case Instruction.REDUCE:
        runReduce(pc, table, registers);
        pc += 8 + (<usize>load<i32>(pc, 4) << 2);
        break;
      case Instruction.LOG_SOFTMAX:
        runLogSoftmax(
          load<i32>(pc, 4),
          load<i32>(pc, 8),
          matrix(table, load<i32>(pc, 12)),
          matrix(table, load<i32>(pc, 16)),
          registers,
        );
        pc += 20;
        break;
      case Instruction.SOFTMAX_GRADIENT:
        runSoftmaxGradient(
          load<i32>(pc, 4),
          load<i32>(pc, 8),
          matrix(table, load<i32>(pc, 12)),
          matrix(table, load<i32>(pc, 16)),
          matrix(table, load<i32>(pc, 20)),
          load<i32>(pc, 24),
          matrix(table, load<i32>(pc, 28)),
        );
        pc += 32;
        break;
      default:
        return;
    }
  }
}

/** Takes parts of what another thread's programs share; returns when `stop` is called there. */
export function serve(): void {
  if (ASC_FEATURE_THREADS) serveThread(runPart);
}

/** Ends every `serve`. */
export function stop(): void {
  if (ASC_FEATURE_THREADS) stopThreads();
}

/** States where threads meet, 64 bytes of zeros at first, and how many there are, this one included. */
export function setThreads(meeting: usize, count: i32): void {
  if (ASC_FEATURE_THREADS) meetAt(meeting, count);
}

/** How many parts other threads have computed. */
export function helped(): i32 {
  return ASC_FEATURE_THREADS ? helpedParts() : 0;
}

/** The first byte that the kernels leave free. */
export function heapBase(): usize {
  return __heap_base;
}
