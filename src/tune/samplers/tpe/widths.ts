import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Selection } from './selection.js';

/**
 * The standard deviation of each selected observation's kernel: the larger of the gaps to its neighbours, ends of the line
 * included, but for the outermost two only the inner gap, if there are two; from range / min(100, 2 + observations) to range.
 * Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization" (2011).
 */
export function widths({ low, high }: Dimension, column: Column, selection: Selection, out: Float64Array): void {
  const { places, order, size: rows } = column;
  const { size, indices } = selection;
  const range = high - low;
  const least = range / Math.min(100, size + 2);
  let before = low;
  let here = Number.NaN;
  let kernel = -1;
  let seen = 0;
  const settle = (next: number, last: boolean) => {
    if (kernel < 0) return;
    const first = seen++ === 0;
    const inner = size > 1;
    const left = first && inner ? 0 : here - before;
    const right = last && inner ? 0 : next - here;
    out[kernel] = Math.min(range, Math.max(least, left, right));
    before = here;
  };
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number;
    const index = indices[row] as number;
    if (index < 0) continue;
    const place = places[row] as number;
    settle(place, false);
    here = place;
    kernel = index;
  }
  settle(high, true);
}
