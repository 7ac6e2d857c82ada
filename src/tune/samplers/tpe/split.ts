import { bestByDominance } from './dominance.js';
import type { Standing } from './standing.js';

/** How many of `n` finished trials count as good: a tenth, rounded up; at most 25 where there is one objective. */
export function defaultGamma(n: number, objectives = 1): number {
  const tenth = Math.ceil(0.1 * n);
  return objectives === 1 ? Math.min(tenth, 25) : tenth;
}

/**
 * The good trials, `gamma` of those that are complete or pruned; all others are the bad ones. Complete trials come first, by their
 * value (or by dominance, if there are several objectives); then pruned ones, those with the larger last step first, and of the
 * same step by the value there. Trials that failed teach like the worst, and trials that are not finished are taken to end badly
 * (the constant liar), so that neither is asked for again.
 *
 * @returns indices into `trials`, best first.
 */
export function goodTrials(trials: readonly Standing[], gamma: (n: number) => number): readonly number[] {
  const complete: number[] = [];
  const pruned: number[] = [];
  for (let i = 0; i < trials.length; i++) {
    const { state } = trials[i] as Standing;
    if (state === 'complete') complete.push(i);
    else if (state === 'pruned') pruned.push(i);
  }
  const n = gamma(complete.length + pruned.length);
  const good = bestComplete(trials, complete, Math.min(n, complete.length));
  const order = (a: number, b: number) => {
    const [first, second] = [trials[a] as Standing, trials[b] as Standing];
    return second.step - first.step || compare(first.loss, second.loss) || a - b;
  };
  return [...good, ...smallest(pruned, n - good.length, order)];
}

function bestComplete(trials: readonly Standing[], complete: readonly number[], n: number): readonly number[] {
  if (complete.length > 0 && trials[complete[0] as number]?.losses !== undefined) {
    const losses = complete.map(i => (trials[i] as Standing).losses as readonly number[]);
    return bestByDominance(losses, n).map(i => complete[i] as number);
  }
  const lossAt = (i: number) => (trials[i] as Standing).loss;
  return smallest(complete, n, (a, b) => compare(lossAt(a), lossAt(b)) || a - b);
}

/** The first `n` in an order, without sorting all when `n` is small. */
function smallest(of: readonly number[], n: number, order: (a: number, b: number) => number): readonly number[] {
  if (n <= 0) return [];
  if (n > 64) return of.toSorted(order).slice(0, n);
  const best: number[] = [];
  for (const i of of) {
    if (best.length === n && order(i, best[n - 1] as number) > 0) continue;
    let at = best.length === n ? n - 1 : best.length;
    for (; at > 0 && order(i, best[at - 1] as number) < 0; at--) best[at] = best[at - 1] as number;
    best[at] = i;
  }
  return best;
}

/** Infinities are equal to themselves, whose difference is none. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
