/** When a matrix is read or written, as far as that matters for what overwrites it. */
export interface Access {
  /** Instructions and their ops are counted in the order in which they run. */
  readonly instruction: number;
  readonly op: number;
  /** All before the first block of an instruction; block by block, each at its position; or in any other order. */
  readonly how: 'before' | 'here' | 'anywhere';
}

/** Whether a read has happened, for every element, before a write changes the element. */
export function isOver(read: Access, write: Access): boolean {
  if (read.instruction !== write.instruction) return read.instruction < write.instruction;
  if (read.how === 'before') return true;
  return read.how === 'here' && write.how === 'here' && read.op < write.op;
}
