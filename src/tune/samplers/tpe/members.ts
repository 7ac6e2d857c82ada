/** Which rows take part in a density, and what has changed since it was last asked for. */
export interface Members {
  /** How many. */
  readonly size: number;
  /** By row: 1 for those that take part. */
  readonly has: Uint8Array;
  /** The rows that have come or gone. */
  readonly changed: readonly number[];
  /** The rows that take part, in their order. */
  rows(): readonly number[];
}

/** Nobody. */
export const noMembers: Members = { size: 0, has: new Uint8Array(0), changed: [], rows: () => [] };

/** The rows of `n` that are on a side, after those of before. */
export function membersOf(side: number, sides: Uint8Array, n: number, { has: before }: Members): Members {
  const has = before.length < n ? new Uint8Array(2 * n) : before;
  if (has !== before) has.set(before);
  const changed: number[] = [];
  let size = 0;
  for (let row = 0; row < n; row++) {
    const now = sides[row] === side ? 1 : 0;
    if (now !== has[row]) {
      has[row] = now;
      changed.push(row);
    }
    size += now;
  }
  const rows = () => {
    const list: number[] = [];
    for (let row = 0; row < n; row++) if (has[row] === 1) list.push(row);
    return list;
  };
  return { size, has, changed, rows };
}
