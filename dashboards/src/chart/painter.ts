import type { TrialRecord } from '../../../src/tune/study-state.js';
import { spread } from './spread.js';

/** Paints trials that no longer change, a few at a time, and each once. */
export interface Painter {
  /**
   * Paints the trials that are not painted yet, in the given order, out of all that there are to paint; another `key` (scales,
   * colours, what is hidden) begins anew with `clear`, as do fewer trials than before, as in a replay that goes back. Of many new
   * ones some are painted at once, from all over the list, so that there is something to see.
   */
  paint(
    key: string,
    trials: readonly TrialRecord[],
    clear: () => void,
    draw: (some: readonly TrialRecord[]) => void,
  ): void;
  /** Goes on with what was left when nobody could see it. */
  resume(): void;
  /** Whether this is the key that is shown. */
  shows(key: string): boolean;
  /** How many are painted. */
  readonly painted: number;
}

/** How a painter works; all of it may be left out. */
export interface PainterOptions {
  /** Whether somebody can see it: it rests while nobody can. */
  readonly seen?: () => boolean;
  /** How much a frame bears less of these trials than of dots. */
  readonly weight?: () => number;
  /** Told whenever nothing is left to do. */
  readonly finished?: () => void;
}

/** Trials painted before the clock is looked at. */
const atOnce = 25;
/** Trials painted first, and out of how many the first that are left: the last ones are to lie on top. */
const [foretaste, early] = [240, 0.95];

/** A painter that has painted nothing. */
export function painter({ seen = () => true, weight = () => 1, finished = () => {} }: PainterOptions = {}): Painter {
  /** By number: thousands are asked about whenever there is something new. */
  let done: boolean[] = [];
  let count = 0;
  let queue: TrialRecord[] = [];
  let next = 0;
  let shown: string | undefined;
  let drawSome: (some: readonly TrialRecord[]) => void = () => {};
  let drop: (() => void) | undefined;
  const step = () => {
    if (!seen()) {
      drop = undefined;
      return undefined;
    }
    const some = queue.slice(next, next + atOnce);
    next += some.length;
    drawSome(some);
    if (next < queue.length) return some.length * weight();
    queue = [];
    next = 0;
    drop = undefined;
    finished();
    return undefined;
  };
  const resume = () => {
    if (queue.length > next) drop ??= spread(step);
  };
  return {
    get painted() {
      return count - (queue.length - next);
    },
    shows: key => key === shown,
    resume,
    paint(key, trials, clear, draw) {
      drawSome = draw;
      const anew = key !== shown || trials.length < count;
      if (anew) {
        shown = key;
        done = [];
        count = 0;
        queue = [];
        next = 0;
        clear();
      }
      const every = Math.floor((early * trials.length) / foretaste);
      const first: TrialRecord[] = [];
      for (const [i, trial] of trials.entries()) {
        if (done[trial.number]) continue;
        done[trial.number] = true;
        count++;
        const isFirst = anew && every > 3 && i % every === 0 && i < early * trials.length;
        (isFirst ? first : queue).push(trial);
      }
      if (first.length > 0) draw(first);
      if (queue.length > next) resume();
      else if (drop === undefined) finished();
    },
  };
}
