import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Members } from './members.js';

/** From so many observations on the least width stays the same. */
const ENOUGH = 98;

/**
 * The standard deviation of a member's kernel: the larger of the gaps to its neighbours among the members, ends of the line included,
 * but for the outermost ones only the inner gap, if there are two; from range / min(100, 2 + members) to range; `least`: as many members as there are at least taken to be.
 * Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization" (2011).
 */
export function widthOf(
  { low, high }: Dimension,
  column: Column,
  { size, has }: Members,
  row: number,
  least = 0,
): number {
  const { places } = column;
  const [left, right] = neighbours(column, has, row);
  const place = places[row] as number;
  const range = high - low;
  const alone = size === 1;
  const before = left >= 0 ? place - (places[left] as number) : alone ? place - low : 0;
  const after = right >= 0 ? (places[right] as number) - place : alone ? high - place : 0;
  return Math.min(range, Math.max(range / Math.min(100, Math.max(size, least) + 2), before, after));
}

/** The members whose width may be another one than with the members before, of whom there were `sizeBefore`. */
export function touched(column: Column, members: Members, sizeBefore: number): Iterable<number> {
  const { size, has, changed } = members;
  if (Math.min(size, sizeBefore) < ENOUGH) return members.rows();
  const rows = new Set<number>();
  for (const row of changed) {
    for (const near of [row, ...neighbours(column, has, row)]) if (near >= 0 && has[near] === 1) rows.add(near);
  }
  return rows;
}

/** The nearest members on both sides of a row; −1 where there is none. */
function neighbours(column: Column, has: Uint8Array, row: number): readonly [number, number] {
  const { order, size } = column;
  const at = column.position(row);
  let left = at - 1;
  while (left >= 0 && has[order[left] as number] !== 1) left--;
  let right = at + 1;
  while (right < size && has[order[right] as number] !== 1) right++;
  return [left < 0 ? -1 : (order[left] as number), right === size ? -1 : (order[right] as number)];
}
