import { BLOCK, Place } from '../opcodes';

/** Bytes of a register. */
export const REGISTER_BYTES: usize = <usize>BLOCK * 4;

/** A word of an op. */
// @ts-ignore: decorator
@inline
export function word(at: usize): i32 {
  return load<i32>(at);
}

/** The address that an operand's word stands for, in a block that begins at flat position `start`. */
// @ts-ignore: decorator
@inline
export function place(ref: i32, table: usize, registers: usize, start: i32): usize {
  const kind = ref & 3;
  if (kind == Place.REGISTER) return registers + <usize>(ref >> 2) * REGISTER_BYTES;
  if (kind == Place.MATRIX) return <usize>load<i32>(table + <usize>(ref & ~3)) + (<usize>start << 2);
  return <usize>(ref & ~3);
}

/** Bytes from one vector of an operand to the next: a single number stays where it is. */
// @ts-ignore: decorator
@inline
export function stepOf(ref: i32): usize {
  return (ref & 3) == Place.SPLAT ? 0 : 16;
}
