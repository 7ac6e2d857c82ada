import type { TrialRecord } from '../../../src/tune/study-state.js';
import { spread } from './spread.js';

/** Paints trials that no longer change, a few at a time, and each once. */
export interface Painter {
  /**
   * Paints the trials that are not painted yet, in the given order, out of all that there are to paint; another `key` (scales,
   * colours, what is hidden) begins anew with `clear`, as do fewer trials than before, as in a replay that goes back.
   */
  paint(key: string, trials: readonly TrialRecord[], clear: () => void, draw: (trial: TrialRecord) => void): void;
  /** Whether this is the key that is shown. */
  shows(key: string): boolean;
  /** How many are painted. */
  readonly painted: number;
}

/** Trials painted before the clock is looked at. */
const atOnce = 25;

/** A painter that has painted nothing; `finished` is told whenever it has nothing left to do. */
export function painter(finished: () => void = () => undefined): Painter {
  const done = new Set<number>();
  let queue: TrialRecord[] = [];
  let next = 0;
  let shown: string | undefined;
  let drawOne: (trial: TrialRecord) => void = () => undefined;
  let drop: (() => void) | undefined;
  const step = () => {
    const end = Math.min(queue.length, next + atOnce);
    for (; next < end; next++) drawOne(queue[next] as TrialRecord);
    if (next < queue.length) return true;
    queue = [];
    next = 0;
    drop = undefined;
    finished();
    return false;
  };
  return {
    get painted() {
      return done.size - (queue.length - next);
    },
    shows: key => key === shown,
    paint(key, trials, clear, draw) {
      drawOne = draw;
      if (key !== shown || trials.length < done.size) {
        shown = key;
        done.clear();
        queue = [];
        next = 0;
        clear();
      }
      for (const trial of trials) {
        if (done.has(trial.number)) continue;
        done.add(trial.number);
        queue.push(trial);
      }
      if (queue.length > next) drop ??= spread(step);
      else if (drop === undefined) finished();
    },
  };
}
