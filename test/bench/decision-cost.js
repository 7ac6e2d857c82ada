// What a rule takes to judge a report in a study of many trials: the time of one report through the rule, whether it goes on or stops.
import { Subject } from 'rxjs';

const EPOCHS = 27;
const EPOCH = 9;
const ASKED = 1000;
const WARM_UP = 20;

/** Rules that compare trials; each has something to decide at the ninth epoch. */
const RULES = {
  median: (rxnn, study) => rxnn.median(study),
  percentile: (rxnn, study) => rxnn.percentile(study, { percentile: 25 }),
  successiveHalving: (rxnn, study) => rxnn.successiveHalving(study, { minResource: EPOCH, reductionFactor: 3 }),
  hyperband: (rxnn, study) => rxnn.hyperband(study, { minResource: EPOCH, maxResource: 2 * EPOCH }),
};

/**
 * Microseconds of a decision by each rule at a report of a trial that is to go on, and of one that is to stop, without the sentence
 * that says why, which is made once, when a trial is in fact stopped. The lower quartile of the rounds.
 *
 * @param {any} rxnn
 * @param {{ trials: number, rounds: number }} options
 * @returns {{ rule: string, trials: number, goingOn: number, stopping: number }[]}
 */
export function decisionCost(rxnn, { trials, rounds }) {
  const study = studyOf(rxnn, trials);
  return Object.entries(RULES).map(([rule, make]) => {
    const cost = value => {
      const report = { epoch: EPOCH, step: 9, samples: 9, seconds: 9, metrics: { loss: value } };
      const times = Array.from({ length: rounds + WARM_UP }, () => {
        const asked = Array.from({ length: ASKED }, () => {
          const reports$ = new Subject();
          let stopped = false;
          reports$.pipe(make(rxnn, study).annotate).subscribe(({ stop }) => {
            stopped = stop !== undefined;
          });
          return { reports$, stopped: () => stopped };
        });
        const start = performance.now();
        for (const { reports$ } of asked) reports$.next(report);
        const time = performance.now() - start;
        if (asked.some(({ stopped }) => stopped() !== value > 0)) throw new Error(`${rule} decided otherwise`);
        return (1000 * time) / ASKED;
      });
      // The first rounds are not compiled yet; of the others some are disturbed by whatever else the machine does.
      return times.slice(WARM_UP).sort((a, b) => a - b)[rounds >> 2];
    };
    return { rule, trials, goingOn: cost(-1), stopping: cost(2) };
  });
}

/** The study as the rules of its last trial see it, when all others are complete. */
function studyOf({ float, random, simulate }, trials) {
  let view;
  simulate({
    space: { x: float(0, 1) },
    objective: { metric: 'loss', direction: 'minimize' },
    budget: { trials: trials + 1 },
    earlyStopping: ({ study }) => {
      view = study;
      return reports$ => reports$;
    },
    *curve({ x }, { trial }) {
      const noise = random(0, 'noise', trial);
      for (let epoch = 1; trial < trials && epoch <= EPOCHS; epoch++)
        yield { metrics: { loss: x + noise.uniform() / epoch } };
    },
  }).subscribe();
  return view;
}
