// How long a sampler takes to draw all points of a study whose values are told at once.

const SIZES = [
  { trials: 1000, parameters: 10, tpeSeconds: 1 },
  { trials: 10_000, parameters: 2, tpeSeconds: 20 },
];

/**
 * Seconds that a study's sampler works, by sampler and size.
 *
 * @param {any} rxnn
 * @param {{ quick: boolean }} options a tenth of the trials
 * @param {(text: string) => void} progress
 * @returns {{ sampler: string, trials: number, parameters: number, seconds: number, most: number | undefined }[]}
 */
export function samplerSpeed(rxnn, { quick }, progress) {
  const samplers = { random: rxnn.randomSearch, tpe: rxnn.tpe };
  return Object.entries(samplers).flatMap(([sampler, make]) =>
    make === undefined
      ? []
      : SIZES.map(({ trials: all, parameters, tpeSeconds }) => {
          const trials = quick ? all / 10 : all;
          progress(`sampler speed, ${sampler}, ${trials} × ${parameters}`);
          // What is not compiled yet is not counted.
          secondsOf(rxnn, make({ seed: 1 }), Math.min(trials, 100), parameters);
          const seconds = secondsOf(rxnn, make({ seed: 0 }), trials, parameters);
          return { sampler, trials, parameters, seconds, most: sampler === 'tpe' && !quick ? tpeSeconds : undefined };
        }),
  );
}

/** Seconds within the sampler. */
function secondsOf({ float, simulate }, sampler, trials, parameters) {
  let seconds = 0;
  const timed = {
    name: sampler.name,
    begin(context) {
      const sampling = sampler.begin(context);
      return {
        ...sampling,
        ask(...asked) {
          const start = performance.now();
          const point = sampling.ask(...asked);
          seconds += (performance.now() - start) / 1000;
          return point;
        },
      };
    },
  };
  const names = Array.from({ length: parameters }, (_, i) => `x${i}`);
  simulate({
    space: Object.fromEntries(names.map(each => [each, float(-5, 5)])),
    objective: { metric: 'loss', direction: 'minimize' },
    budget: { trials },
    sampler: timed,
    curve: point => [{ metrics: { loss: names.reduce((sum, each) => sum + point[each] ** 2, 0) } }],
  }).subscribe();
  return seconds;
}
