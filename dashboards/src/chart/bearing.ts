/**
 * How many things a frame bears. The clock of this thread does not tell: what is drawn is painted later, and may take ten times as long as
 * to say it. So it is the time from one frame to the next that counts.
 */
export interface Bearing {
  /** At the beginning of a frame that draws: how many things it may draw. */
  next(): number;
}

/** Few, and more than any frame bears. */
const [least, most] = [16, 4096];

/** Begins with a few things, and comes to as many as keep frames below some 25 ms. */
export function bearing(): Bearing {
  let borne = 64;
  let before = Number.NEGATIVE_INFINITY;
  return {
    next() {
      const now = performance.now();
      const took = now - before;
      before = now;
      // Longer ago, and something else was between.
      if (took < 1000)
        borne = Math.max(least, Math.min(most, took > 28 ? borne * 0.6 : took < 22 ? borne * 1.25 : borne));
      return Math.round(borne);
    },
  };
}
