import { InputError } from '../errors.js';

/**
 * k folds of rows in the order of time, with a window that expands: the rows are cut into k + 1 runs as alike in length as equal times
 * allow, and each run but the first is validated by what was trained on all rows before it. Rows of the same time stay together, so
 * every validated row is later than every row that was trained on.
 *
 * @returns rows to train on and to validate, each in the order of the table
 * @throws InputError (path `order`) when there are fewer different times than runs.
 */
export function orderedFolds(
  rows: number,
  timeOf: (row: number) => number,
  k: number,
): { readonly train: Uint32Array; readonly validation: Uint32Array }[] {
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  const starts: number[] = [];
  for (let i = 1; i < rows; i++) if (timeOf(order[i]!) !== timeOf(order[i - 1]!)) starts.push(i);
  if (starts.length < k) {
    throw new InputError(
      `${k} folds in the order of time need ${k + 1} different times, and there are ${starts.length + 1}`,
      { path: 'order' },
    );
  }
  const cuts: number[] = [];
  let from = 0;
  for (let fold = 1; fold <= k; fold++) {
    const wanted = (fold * rows) / (k + 1);
    const last = starts.length - 1 - (k - fold);
    let best = from;
    for (let i = from; i <= last; i++) if (Math.abs(starts[i]! - wanted) < Math.abs(starts[best]! - wanted)) best = i;
    cuts.push(starts[best]!);
    from = best + 1;
  }
  return cuts.map((cut, fold) => ({
    train: order.slice(0, cut).sort(),
    validation: order.slice(cut, cuts[fold + 1] ?? rows).sort(),
  }));
}
