import type { Column } from './column.js';
import type { Dimension } from './dimension.js';

/** From so many rows on they are arranged by where they are on a line, for each further line twice as many; fewer are looked through faster. */
const ARRANGED_FROM = 512;

/** How many rows a block has at most: its numbers fit the first cache. */
const BLOCK = 128;

/** How much larger a study grows until its rows are arranged anew. */
const GROWTH = 1.25;

/** Rows in blocks of neighbours, so that of a block far away hardly anything needs to be computed. */
export interface Arrangement {
  /** By place, the row. */
  readonly order: Uint32Array;
  /** By row, the place. */
  readonly places: Uint32Array;
  /** By place, the block. */
  readonly blocks: Uint16Array;
  /** Where each block begins, and where the last one ends. */
  readonly begins: readonly number[];
  /** How many rows there were before, of which each has the place that it had; 0 if all are arranged anew. */
  readonly kept: number;
}

/**
 * Arranges the first `n` rows of some columns; undefined for few of them, and without a line. It depends on nothing but the
 * observations: the rows up to a certain number are divided at their medians, again and again, the later ones stay in their order.
 */
export function arranger(dimensions: readonly Dimension[], columns: readonly Column[]) {
  const lines = [...dimensions.keys()].filter(d => dimensions[d]?.kind === 'line');
  const from = ARRANGED_FROM * 2 ** (lines.length - 1);
  let known: { readonly sorted: number; readonly rows: number; readonly arrangement: Arrangement } | undefined;
  return {
    arrange(n: number): Arrangement | undefined {
      if (n < from || lines.length === 0) return undefined;
      const sorted = sortedOf(n, from);
      const same = known?.sorted === sorted && known.rows <= n;
      const before = same ? known?.arrangement : undefined;
      const room = Math.floor(sorted * GROWTH);
      const order = before?.order ?? new Uint32Array(room);
      const places = before?.places ?? new Uint32Array(room);
      const blocks = before?.blocks ?? new Uint16Array(room);
      const begins = before?.begins.slice(0, -1) ?? [];
      const kept = same ? (known?.rows ?? 0) : 0;
      if (!same) {
        for (let row = 0; row < sorted; row++) order[row] = row;
        divide(order, 0, sorted, begins);
        for (const [block, begin] of begins.entries()) blocks.fill(block, begin, begins[block + 1] ?? sorted);
      }
      for (let row = Math.max(kept, sorted); row < n; row++) {
        if ((row - sorted) % BLOCK === 0) begins.push(row);
        order[row] = row;
        blocks[row] = begins.length - 1;
      }
      for (let place = same ? kept : 0; place < n; place++) places[order[place] as number] = place;
      begins.push(n);
      known = { sorted, rows: n, arrangement: { order, places, blocks, begins, kept } };
      return known.arrangement;
    },
    /** The rows will be others. */
    forget() {
      known = undefined;
    },
  };

  function divide(order: Uint32Array, begin: number, end: number, begins: number[]): void {
    if (end - begin <= BLOCK) return void begins.push(begin);
    let [widest, most] = [lines[0] as number, -1];
    for (const d of lines) {
      const { places } = columns[d] as Column;
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let k = begin; k < end; k++) {
        const place = places[order[k] as number] as number;
        if (place < low) low = place;
        if (place > high) high = place;
      }
      const share = (high - low) / ((dimensions[d] as Dimension).high - (dimensions[d] as Dimension).low);
      if (share > most) [widest, most] = [d, share];
    }
    const middle = (begin + end) >>> 1;
    select(order, (columns[widest] as Column).places, begin, end - 1, middle);
    divide(order, begin, middle, begins);
    divide(order, middle, end, begins);
  }
}

/** The largest of `from` · 1.25^k that is at most `n`. */
function sortedOf(n: number, from: number): number {
  let sorted = from;
  while (Math.floor(sorted * GROWTH) <= n) sorted = Math.floor(sorted * GROWTH);
  return sorted;
}

/** Puts those of the rows from `first` to `last` with the smaller places before `middle`. Hoare, "Algorithm 65: Find" (1961). */
function select(order: Uint32Array, places: Float64Array, first: number, last: number, middle: number): void {
  let [from, to] = [first, last];
  while (from < to) {
    const pivot = places[order[middle] as number] as number;
    let [i, j] = [from, to];
    while (i <= j) {
      while ((places[order[i] as number] as number) < pivot) i++;
      while ((places[order[j] as number] as number) > pivot) j--;
      if (i > j) break;
      const row = order[i] as number;
      order[i++] = order[j] as number;
      order[j--] = row;
    }
    if (j < middle) from = i;
    if (i > middle) to = j;
  }
}
