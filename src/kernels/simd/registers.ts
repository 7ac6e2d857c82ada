import type { Operand, SymbolicOp } from './map-writer.js';

/** Registers of a thread. Chains of ops need a handful; what has a higher number stands in memory. */
export const REGISTERS = 64;

/**
 * Gives every value of a list of ops a register from its op to its last use, the lowest that is free. An op may write to the
 * register of an operand that it reads last: element by element it has read what it overwrites. `last` is what the last op
 * makes, if it is read after the list: it has the first register, since nothing else is needed any more.
 */
export function assignRegisters(ops: readonly SymbolicOp[], last?: Operand): ReadonlyMap<number, number> {
  const lastUse = new Map<number, number>();
  for (const [i, { operands }] of ops.entries()) {
    for (const operand of operands)
      if (typeof operand === 'object' && 'value' in operand) lastUse.set(operand.value, i);
  }
  if (last !== undefined && 'value' in last) lastUse.set(last.value, ops.length);
  const of = new Map<number, number>();
  const free: number[] = [];
  let count = 0;
  for (const [i, { to, operands }] of ops.entries()) {
    for (const operand of new Set(operands)) {
      if (typeof operand !== 'object' || !('value' in operand) || lastUse.get(operand.value) !== i) continue;
      const register = of.get(operand.value) as number;
      if (!free.includes(register)) free.push(register);
    }
    if (!('value' in to)) continue;
    free.sort((a, b) => b - a);
    of.set(to.value, free.pop() ?? count++);
  }
  return of;
}
