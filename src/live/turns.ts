/** Work that is done in turns, a few milliseconds at a time, so that training, sockets and timers go on between. */
export interface Turns {
  /** Has this work called soon, and again as long as it says that there is more. */
  wake(work: () => boolean): void;
  /** Nothing is called any more. */
  stop(): void;
}

/** Milliseconds of work without a break. */
const SLICE = 4;

/** Everyone who is awake has a turn after the other. */
export function turns(): Turns {
  const awake = new Set<() => boolean>();
  let next: NodeJS.Immediate | undefined;
  const run = () => {
    next = undefined;
    const start = performance.now();
    for (const work of awake) {
      awake.delete(work);
      // Added again, it comes after all others.
      if (work()) awake.add(work);
      if (performance.now() - start >= SLICE) break;
    }
    if (awake.size > 0) next = setImmediate(run);
  };
  return {
    wake(work) {
      awake.add(work);
      next ??= setImmediate(run);
    },
    stop() {
      awake.clear();
      clearImmediate(next);
      next = undefined;
    },
  };
}
