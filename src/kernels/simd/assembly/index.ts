import { BLOCK, Instruction } from '../opcodes';
import { runLogSoftmax } from './log-softmax';
import { matmul, PACK_BYTES } from './matmul';
import { runOps } from './map';
import { runReduce } from './reduce';

export { matmul };

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

/** Runs instructions from address `pc` on to END; `table` holds the addresses of the matrices that they name by index. */
export function execute(pc: usize, table: usize): void {
  for (;;) {
    switch (load<i32>(pc)) {
      case Instruction.MATMUL: {
        const m = load<i32>(pc, 8);
        const n = load<i32>(pc, 12);
        const bias = load<i32>(pc, 28);
        matmul(
          load<i32>(pc, 4),
          m,
          n,
          load<i32>(pc, 16),
          matrix(table, load<i32>(pc, 20)),
          matrix(table, load<i32>(pc, 24)),
          bias < 0 ? 0 : matrix(table, bias),
          matrix(table, load<i32>(pc, 32)),
          0,
          m,
          0,
          n,
          pack,
        );
        pc += 36;
        break;
      }
      case Instruction.MAP: {
        const size = load<i32>(pc, 8);
        const scalars = load<i32>(pc, 12);
        const many = load<i32>(pc, 16);
        const scalarOps = pc + 20;
        const ops = scalarOps + <usize>scalars * 24;
        if (scalars > 0) runOps(scalarOps, scalars, table, registers, 0, 4);
        for (let start = 0; start < size; start += BLOCK) {
          runOps(ops, many, table, registers, start, min(BLOCK, size - start));
        }
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
        );
        pc += 20;
        break;
      default:
        return;
    }
  }
}

/** The first byte that the kernels leave free. */
export function heapBase(): usize {
  return __heap_base;
}
