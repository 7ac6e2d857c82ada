// Learning curves that cross: the problem of ../reference/crossing_curves.py, where the values of good points may be late to fall.
// Each function gets rxnn's names as `rxnn`: from src in the tests, from dist in the benchmark.

/** Epochs of a trial that is not stopped. */
export const EPOCHS = 81;

/**
 * The value of a point after an epoch, without its noise; in the end it comes near to 0.05 at best.
 *
 * @param {{ x0: number, x1: number, x2: number }} point
 * @param {number} epoch
 */
export function clean({ x0, x1, x2 }, epoch) {
  const limit = 0.05 + 0.9 * Math.min(1, (x0 - 0.7) ** 2 + (x1 - 0.3) ** 2 + 0.5 * (x2 - 0.5) ** 2);
  return limit + (1 - limit) * epoch ** -(0.35 + Math.abs(x1 - x0));
}

/** Rules by their names in the record of Optuna's (`../reference/crossing_curves.jsonl`). */
const RULES = {
  nop: undefined,
  median: (rxnn, study) => rxnn.median(study),
  'median(w=5)': (rxnn, study) => rxnn.median(study, { warmup: 5 }),
  pct25: (rxnn, study) => rxnn.percentile(study, { percentile: 25 }),
  sha_r1_eta4: (rxnn, study) => rxnn.successiveHalving(study, { maxResource: EPOCHS }),
  sha_r3_eta3: (rxnn, study) =>
    rxnn.successiveHalving(study, { minResource: 3, maxResource: EPOCHS, reductionFactor: 3 }),
  hyperband_1_81_3: (rxnn, study) => rxnn.hyperband(study, { maxResource: EPOCHS }),
  'patient3(median)': (rxnn, study) => rxnn.all(rxnn.patience({ metric: 'loss', epochs: 3 }), rxnn.median(study)),
};

/** Rules that Optuna's record does not have: their first rung lies where the curves have crossed for the most part. */
const LATE_RULES = {
  sha_r9_eta2: (rxnn, study) =>
    rxnn.successiveHalving(study, { minResource: 9, maxResource: EPOCHS, reductionFactor: 2 }),
  hyperband_9_81_3: (rxnn, study) => rxnn.hyperband(study, { minResource: 9, maxResource: EPOCHS }),
};

/** The names of the rules. */
export const RULE_NAMES = Object.keys(RULES);

/** The names of those that the record does not have. */
export const LATE_RULE_NAMES = Object.keys(LATE_RULES);

/**
 * One study with a budget in whole trials: the best value, without noise, of the trials that ran to their end, after every whole trial
 * of the budget (9 without any), and how many were started.
 *
 * @param {any} rxnn
 * @param {{ rule: string, seed: number, sampler?: any, trials?: number }} options
 * @returns {{ best: number[], started: number }}
 */
export function crossingCurves(rxnn, { rule, seed, sampler, trials = 100 }) {
  const { float, random, simulate } = rxnn;
  const judge = { ...RULES, ...LATE_RULES }[rule];
  const best = Array(trials).fill(9);
  let epochs = 0;
  let started = 0;
  const points = new Map();
  simulate({
    space: { x0: float(0, 1), x1: float(0, 1), x2: float(0, 1) },
    objective: { metric: 'loss', direction: 'minimize' },
    budget: { epochs: trials * EPOCHS },
    sampler,
    seed,
    earlyStopping: judge && (({ study }) => judge(rxnn, study)),
    *curve(point, { trial }) {
      const noise = random(seed, 'noise', trial);
      for (let epoch = 1; epoch <= EPOCHS; epoch++) {
        yield { metrics: { loss: clean(point, epoch) + 0.01 * noise.normal() } };
      }
    },
  }).subscribe(event => {
    if (event.type === 'trial-started') {
      started++;
      points.set(event.trial, event.hparams);
    } else if (event.type === 'trial-reported') {
      epochs++;
    } else if (event.type === 'trial-finished' && event.state === 'complete') {
      const value = clean(points.get(event.trial), EPOCHS);
      for (let i = Math.ceil(epochs / EPOCHS) - 1; i < trials && best[i] > value; i++) best[i] = value;
    }
  });
  return { best, started };
}
