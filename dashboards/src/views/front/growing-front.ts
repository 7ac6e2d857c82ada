import type { Objective } from '../../../../src/tune/events.js';
import { dominates, type Losses, lossesOf } from '../../../../src/tune/pareto.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';

/** The Pareto front of complete trials that come one after the other. */
export interface GrowingFront {
  /** Takes in a trial; what is not complete, or lacks a value, changes nothing. A trial counts once. */
  add(trial: TrialRecord): void;
  /** Whether a trial is on the front. */
  has(trial: number): boolean;
  /** As `paretoFront` has it: by the first objective, the best first, then the second …, then by number. */
  trials(): readonly TrialRecord[];
}

/** An empty front. */
export function growingFront(objectives: readonly Objective[]): GrowingFront {
  let front: { readonly trial: TrialRecord; readonly losses: Losses }[] = [];
  const seen = new Set<number>();
  return {
    add(trial) {
      if (trial.state !== 'complete' || seen.has(trial.number)) return;
      seen.add(trial.number);
      const losses = lossesOf(trial, objectives);
      if (losses === undefined || front.some(one => dominates(one.losses, losses))) return;
      front = [...front.filter(one => !dominates(losses, one.losses)), { trial, losses }];
    },
    has: number => front.some(({ trial }) => trial.number === number),
    trials() {
      front.sort((a, b) => lexically(a.losses, b.losses) || a.trial.number - b.trial.number);
      return front.map(({ trial }) => trial);
    },
  };
}

function lexically(a: Losses, b: Losses): number {
  const i = a.findIndex((value, k) => value !== b[k]);
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
}
