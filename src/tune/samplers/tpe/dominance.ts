/** Points of losses, one a row: the smaller the better, in every column. */
export type Losses = readonly (readonly number[])[];

/**
 * The best `n` of some points, as indices: front after front (no point of a front is at least as good as another one of it in
 * everything and better in something), and of the front that does not fit whole, those that together dominate the most, taken one
 * by one. A point with a number that is not finite comes after all others.
 * Ozaki, Tanigaki, Watanabe, Onishi, "Multiobjective tree-structured Parzen estimator" (2020).
 */
export function bestByDominance(losses: Losses, n: number): readonly number[] {
  const isWhole = (i: number) => (losses[i] as readonly number[]).every(Number.isFinite);
  const finite = [...losses.keys()].filter(isWhole);
  const rest = [...losses.keys()].filter(i => !isWhole(i));
  let left = finite.sort(
    (a, b) => lexicographic(losses[a] as readonly number[], losses[b] as readonly number[]) || a - b,
  );
  const best: number[] = [];
  while (left.length > 0 && best.length < n) {
    const front: number[] = [];
    const behind: number[] = [];
    // A point that dominates another comes before it in this order.
    for (const i of left) (front.some(j => dominates(losses[j], losses[i])) ? behind : front).push(i);
    const room = n - best.length;
    best.push(...(front.length <= room ? front : largestVolume(front, losses, room)));
    left = behind;
  }
  return [...best, ...rest].slice(0, n);
}

/** Greedily: the point that adds the most volume, again and again. What a point adds only shrinks, so few are computed again. */
function largestVolume(front: readonly number[], losses: Losses, n: number): readonly number[] {
  const worst = (losses[front[0] as number] as readonly number[]).map((_, d) =>
    Math.max(...front.map(i => (losses[i] as readonly number[])[d] as number)),
  );
  const reference = worst.map(w => Math.max(1.1 * w, 0.9 * w) || 1e-12);
  const chosen: number[] = [];
  const points: (readonly number[])[] = [];
  const waiting = front.map(i => ({ i, adds: volume([losses[i] as readonly number[]], reference), at: 0 }));
  while (chosen.length < n) {
    waiting.sort((a, b) => b.adds - a.adds || a.i - b.i);
    const first = waiting[0] as (typeof waiting)[number];
    if (first.at === chosen.length) {
      chosen.push(first.i);
      points.push(losses[first.i] as readonly number[]);
      waiting.shift();
    } else {
      first.adds = added(losses[first.i] as readonly number[], points, reference);
      first.at = chosen.length;
    }
  }
  return chosen;
}

/** The volume between some points and the reference. While, Bradstreet, Barone, "A fast way of calculating exact hypervolumes" (2012). */
function volume(points: Losses, reference: readonly number[]): number {
  return points.reduce((sum, point, i) => sum + added(point, points.slice(i + 1), reference), 0);
}

/** What a point adds to the volume of others. */
function added(point: readonly number[], others: Losses, reference: readonly number[]): number {
  const own = point.reduce((product, value, d) => product * Math.max(0, (reference[d] as number) - value), 1);
  const limited = others.map(other => other.map((value, d) => Math.max(value, point[d] as number)));
  const front = limited.filter(
    (a, i) => !limited.some((b, j) => dominates(b, a) || (j < i && lexicographic(a, b) === 0)),
  );
  return own - volume(front, reference);
}

function dominates(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  let better = false;
  for (let d = 0; d < a.length; d++) {
    if ((a[d] as number) > (b[d] as number)) return false;
    better ||= (a[d] as number) < (b[d] as number);
  }
  return better;
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (let d = 0; d < a.length; d++) {
    if (a[d] !== b[d]) return (a[d] as number) - (b[d] as number);
  }
  return 0;
}
