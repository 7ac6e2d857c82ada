import { InputError } from '../errors.js';

/**
 * The fold, from 0 to k − 1, in which each group is held out. The largest groups come first, each to the fold where it adds least to the
 * sum of squared shares, of every class if there is more than one: so rows, and classes, are spread evenly as far as the groups allow.
 *
 * @param order all rows, in the order in which groups of equal size are dealt
 * @param classOf 0 for all rows where classes do not count
 * @throws InputError (path `groups`) when there are more folds than groups.
 */
export function foldOfGroups(
  order: readonly number[],
  groupOf: (row: number) => number,
  classOf: (row: number) => number,
  k: number,
): ReadonlyMap<number, number> {
  const sizes = new Map<number, number[]>();
  const totals: number[] = [];
  for (const row of order) {
    const counts = sizes.get(groupOf(row)) ?? [];
    counts[classOf(row)] = (counts[classOf(row)] ?? 0) + 1;
    totals[classOf(row)] = (totals[classOf(row)] ?? 0) + 1;
    sizes.set(groupOf(row), counts);
  }
  if (k > sizes.size) throw new InputError(`${k} folds are more than the ${sizes.size} groups`, { path: 'groups' });
  const rowsOf = (counts: readonly number[]) => counts.reduce((sum, count = 0) => sum + count, 0);
  const folds = Array.from({ length: k }, () => ({ rows: 0, shares: totals.map(() => 0) }));
  const chosen = new Map<number, number>();
  const largestFirst = [...sizes].sort(([, a], [, b]) => rowsOf(b) - rowsOf(a));
  for (const [group, counts] of largestFirst) {
    const shares = totals.map((total = 1, c) => (counts[c] ?? 0) / total);
    const cost = (fold: (typeof folds)[number]) =>
      shares.reduce((sum, share = 0, c) => sum + share * (share + 2 * (fold.shares[c] ?? 0)), 0);
    let best = 0;
    for (let f = 1; f < k; f++) {
      const gain = cost(folds[best]!) - cost(folds[f]!);
      if (gain > 1e-12 || (gain > -1e-12 && folds[f]!.rows < folds[best]!.rows)) best = f;
    }
    const fold = folds[best]!;
    fold.rows += rowsOf(counts);
    fold.shares = fold.shares.map((share, c) => share + (shares[c] ?? 0));
    chosen.set(group, best);
  }
  return chosen;
}
