import { Word } from './protocol.js';

/** Looks at a heart before it is given up. */
const LOOKS = 4;

/** A heart that is being watched. */
export interface Heart {
  stop(): void;
}

/**
 * Calls `dead` once, when a worker's beat has stood still for `seconds`, up to a quarter more. Looks are counted, not time: when the
 * whole process was asleep, the worker was too.
 */
export function watchHeart(words: Int32Array, seconds: number, dead: () => void): Heart {
  let seen = Atomics.load(words, Word.beat);
  let still = 0;
  const timer = setInterval(
    () => {
      const beat = Atomics.load(words, Word.beat);
      still = beat === seen ? still + 1 : 0;
      seen = beat;
      if (still < LOOKS) return;
      clearInterval(timer);
      dead();
    },
    // A timer cannot wait longer than that.
    Math.min((seconds * 1000) / LOOKS, 2 ** 31 - 1),
  ).unref();
  return { stop: () => clearInterval(timer) };
}
