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
  let [complete, pruned, several] = [0, 0, false];
  for (const { state, losses } of trials) {
    if (state === 'complete') complete++;
    else if (state === 'pruned') pruned++;
    several ||= losses !== undefined;
  }
  const n = gamma(complete + pruned);
  const good = several ? bestOfSeveral(trials, n) : smallest(trials, 'complete', n, byLoss);
  return good.length < n ? [...good, ...smallest(trials, 'pruned', n - good.length, byStep)] : good;
}

function bestOfSeveral(trials: readonly Standing[], n: number): readonly number[] {
  const complete = [...trials.keys()].filter(i => trials[i]?.state === 'complete');
  return bestByDominance(
    complete.map(i => trials[i]?.losses ?? []),
    n,
  ).map(i => complete[i] as number);
}

function byLoss(a: Standing, b: Standing): number {
  // Infinities are equal to themselves, and yet have no difference.
  return a.loss === b.loss ? 0 : a.loss - b.loss;
}

function byStep(a: Standing, b: Standing): number {
  return b.step - a.step || byLoss(a, b);
}

/** The first `n` in a state, in an order; of equal ones the older first. */
function smallest(
  trials: readonly Standing[],
  state: Standing['state'],
  n: number,
  order: (a: Standing, b: Standing) => number,
): readonly number[] {
  const best: number[] = [];
  if (n <= 0) return best;
  for (let i = 0; i < trials.length; i++) {
    const trial = trials[i] as Standing;
    if (trial.state !== state) continue;
    const full = best.length === n;
    if (full && order(trial, trials[best[n - 1] as number] as Standing) >= 0) continue;
    let at = full ? n - 1 : best.length;
    for (; at > 0 && order(trial, trials[best[at - 1] as number] as Standing) < 0; at--)
      best[at] = best[at - 1] as number;
    best[at] = i;
  }
  return best;
}
