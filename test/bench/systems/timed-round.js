// Steps of a plain loop against the clock, as a synchronous peer is timed.

/**
 * Takes steps until the time is up.
 *
 * @param {() => void} step
 * @param {number} batch rows of a step
 * @param {number} milliseconds
 * @returns {{ samples: number, seconds: number }}
 */
export function timedRound(step, batch, milliseconds) {
  const start = performance.now();
  let samples = 0;
  let elapsed = 0;
  do {
    step();
    samples += batch;
    elapsed = performance.now() - start;
  } while (elapsed < milliseconds);
  return { samples, seconds: elapsed / 1000 };
}
