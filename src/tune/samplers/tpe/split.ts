import { bestByDominance } from './dominance.js';
import { lossesAtEnd } from './losses-at-end.js';
import type { Standing } from './standing.js';

/** How many of `n` finished trials count as good: a tenth, rounded up; at most 25 where there is one objective. */
export function defaultGamma(n: number, objectives = 1): number {
  const tenth = Math.ceil(0.1 * n);
  return objectives === 1 ? Math.min(tenth, 25) : tenth;
}

/** From so many complete trials on the values of pruned ones, which are of other steps, are not needed beside theirs. */
const ENOUGH = 5;

/** The share of the complete trials that are good at most, and of the trials pruned at a step those that are bad, beside pruned ones. */
const [GOOD_SHARE, BAD_SHARE] = [0.2, 0.25];

/** Indices of trials. */
export interface Split {
  /** Best first. */
  readonly good: readonly number[];
  /** Those that are on neither side; all others are bad. */
  readonly neither: readonly number[];
  /** How many good trials there would be if all were comparable: their kernels are as narrow as those of so many. */
  readonly comparable: number;
}

/** How many trials are in each state, and which of the complete ones are the best. */
export interface Tally {
  count(state: Standing['state']): number;
  /** As indices. */
  best(n: number): readonly number[];
}

/** What a look at all trials finds; of several objectives, the best by dominance. */
export function tallyOf(trials: readonly Standing[]): Tally {
  const several = trials.some(({ losses }) => losses !== undefined);
  return {
    count: state => trials.reduce((n, trial) => n + Number(trial.state === state), 0),
    best: n => (several ? bestOfSeveral(trials, n) : smallest(trials, 'complete', n, byLoss)),
  };
}

/**
 * The good trials, `gamma` of those that are complete or pruned, and the bad ones. Complete trials come first, by their value (or by
 * dominance, if there are several objectives); then pruned ones, those with the larger last step first, and of the same step by the
 * value there. Trials that failed teach like the worst, and trials that are not finished are taken to end badly (the constant liar),
 * so that neither is asked for again.
 *
 * That is Optuna's rule. Where a rule prunes much, it calls half of the complete trials good, and bad all that were stopped near them, so
 * that pruning makes it worse. Therefore, from 5 complete trials on, what counts is what trials come to in the end, without the luck of
 * single reports: that of complete ones, and that which is to be expected of trials that were stopped late (`lossesAtEnd`). No more
 * than a fifth of these are good (but no fewer than if nothing had been pruned). Of the trials that were pruned at an earlier step only
 * the worst quarter is bad: each is compared with others of its own step.
 */
export function splitTrials(
  trials: readonly Standing[],
  gamma: (n: number) => number,
  { count, best: bestOf }: Tally = tallyOf(trials),
): Split {
  const [complete, pruned] = [count('complete'), count('pruned')];
  const comparable = gamma(complete + pruned);
  if (pruned > 0 && complete >= ENOUGH) return splitByStep(trials, complete, gamma, comparable, bestOf);
  const n = comparable;
  const best = bestOf(n);
  const good = best.length < n ? [...best, ...smallest(trials, 'pruned', n - best.length, byStep)] : best;
  return { good, neither: [], comparable: good.length };
}

/** The split where trials of several steps are there. */
function splitByStep(
  trials: readonly Standing[],
  complete: number,
  gamma: (n: number) => number,
  comparable: number,
  bestOf: Tally['best'],
): Split {
  const several = trials.some(({ losses }) => losses !== undefined);
  const ends = several ? new Map<number, number>() : lossesAtEnd(trials);
  const judged = Math.max(complete, ends.size);
  const n = Math.max(gamma(complete), Math.min(comparable, Math.ceil(GOOD_SHARE * judged)));
  const inOrder = [...ends.keys()].sort((a, b) => difference(ends.get(a) as number, ends.get(b) as number) || a - b);
  return {
    good: several ? bestOf(n) : inOrder.slice(0, n),
    neither: undecided(trials).filter(i => !ends.has(i)),
    comparable,
  };
}

/** The pruned trials that are not among the worst of those pruned at their step. */
function undecided(trials: readonly Standing[]): readonly number[] {
  const steps = new Map<number, number[]>();
  for (const { state, step, loss } of trials) {
    if (state !== 'pruned') continue;
    const losses = steps.get(step);
    if (losses === undefined) steps.set(step, [loss]);
    else losses.push(loss);
  }
  const bad = new Map<number, number>();
  for (const [step, losses] of steps) {
    bad.set(
      step,
      Float64Array.from(losses)
        .sort()
        .at(-Math.ceil(BAD_SHARE * losses.length)) as number,
    );
  }
  const found: number[] = [];
  for (let i = 0; i < trials.length; i++) {
    const { state, step, loss } = trials[i] as Standing;
    if (state === 'pruned' && loss < (bad.get(step) as number)) found.push(i);
  }
  return found;
}

function bestOfSeveral(trials: readonly Standing[], n: number): readonly number[] {
  const complete = [...trials.keys()].filter(i => trials[i]?.state === 'complete');
  return bestByDominance(
    complete.map(i => trials[i]?.losses ?? []),
    n,
  ).map(i => complete[i] as number);
}

function byLoss(a: Standing, b: Standing): number {
  return difference(a.loss, b.loss);
}

function difference(a: number, b: number): number {
  // Infinities are equal to themselves, and yet have no difference.
  return a === b ? 0 : a - b;
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
