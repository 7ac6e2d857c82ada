// The regret of samplers on seven problems, beside that of Optuna 5 on the same problems (`../reference/sampler_regret.jsonl`).
import { readFileSync } from 'node:fs';
import { problemsWith } from '../tune/problems-with.js';

const COUNTS = [25, 50, 100, 200];

/**
 * Runs each sampler on each problem, one trial after the other, once for each seed from 0.
 *
 * @param library the built package: `await import('../../dist/index.js')`
 * @param samplers by name, how one is made from a seed; default: tpe
 * @param progress called with a line for people before each problem
 * @returns a row for each problem and sampler: the median and the quartiles of the regret after 25, 50, 100 and 200 trials,
 *   `optuna` with those that are known of Optuna's TPE, and `reached`: whether the medians at 100 and 200 trials are no
 *   larger than its upper quartiles
 */
export function samplerQuality(library, { samplers, problems, seeds = 20, trials = 200, progress = () => {} } = {}) {
  const made = samplers ?? { tpe: seed => library.tpe({ seed }) };
  const reference = optunaRegrets();
  const wanted = problemsWith(library).filter(({ name }) => problems === undefined || problems.includes(name));
  return wanted.flatMap(problem =>
    Object.entries(made).map(([sampler, make]) => {
      progress(`${sampler} on ${problem.name}`);
      const start = performance.now();
      const curves = Array.from({ length: seeds }, (_, seed) => regretCurve(make(seed), problem, trials));
      const counts = COUNTS.filter(n => n <= trials);
      const regrets = Object.fromEntries(
        counts.map(n => {
          const sorted = curves.map(curve => curve[n - 1]).sort((a, b) => a - b);
          return [n, { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] }];
        }),
      );
      const optuna = reference.get(problem.name);
      const reached = counts.every(
        n => optuna[n].quartiles === undefined || regrets[n].median <= optuna[n].quartiles[1],
      );
      return {
        problem: problem.name,
        sampler,
        seeds,
        regrets,
        optuna,
        reached,
        seconds: (performance.now() - start) / 1000,
      };
    }),
  );
}

/** The least regret so far, after each trial. */
export function regretCurve(sampler, { space, regret }, trials, context = {}) {
  const objective = { metric: 'regret', direction: 'minimize' };
  const sampling = sampler.begin({ space, objective, seed: 0, trials, ...context });
  const history = new Map();
  const curve = [];
  let least = Number.POSITIVE_INFINITY;
  for (let number = 0; number < trials; number++) {
    const hparams = sampling.ask(number, history);
    const value = regret(hparams);
    least = Math.min(least, value);
    curve.push(least);
    const plain = { number, state: 'complete', hparams, value, reports: [], epochs: 1, samples: 1, startedAt: 0 };
    history.set(number, plain);
  }
  return curve;
}

/** Of Optuna's TPE by problem and number of trials. */
function optunaRegrets() {
  const lines = readFileSync(new URL('../reference/sampler_regret.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map(line => JSON.parse(line)).filter(row => row.sampler === 'tpe_v5_default');
  return new Map(
    rows.map(row => [
      row.fn,
      Object.fromEntries(COUNTS.map(n => [n, { median: row[`median@${n}`], quartiles: row[`iqr@${n}`] }])),
    ]),
  );
}

/** Between two of the sorted values, if need be. */
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
