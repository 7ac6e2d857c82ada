import { hyperband } from '../../src/early-stopping/hyperband.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { random } from '../../src/random.js';
import { float } from '../../src/tune/distributions.js';
import type { PlainReport, RungsInfo, StudyEvent, UnstampedEvent } from '../../src/tune/events.js';
import { simulate } from '../../src/tune/simulate.js';

/** A study whose trials really went through the rungs of a rule, under a virtual clock. */
export function rungStudy(rule: 'successiveHalving' | 'hyperband', trials: number, begin = 1.76e12): StudyEvent[] {
  const [epochs, seed] = [27, 3];
  const rungs: RungsInfo = {
    rule,
    metric: 'valLoss',
    direction: 'minimize',
    reductionFactor: 3,
    brackets: rule === 'hyperband' ? [[1, 3, 9], [3, 9], [9], []] : [[1, 3, 9]],
    ...(rule === 'hyperband' && { seed }),
  };
  const events: StudyEvent[] = [];
  simulate({
    name: rule,
    space: { learningRate: float(1e-4, 1, { log: true }), rate: float(0, 0.5) },
    objective: { metric: 'valLoss', direction: 'minimize' },
    *curve({ learningRate, rate }, { trial }) {
      const floor = 0.08 + 0.12 * Math.abs(Math.log10(learningRate) + 2) + 0.1 * rate;
      for (let epoch = 1; epoch <= epochs; epoch++) {
        const noise = 0.06 * random(7, 'noise', trial, epoch).normal();
        const valLoss = (floor + Math.exp(-epoch / (3 + 4 * rate))) * (1 + noise);
        yield { metrics: { loss: 0.9 * valLoss, valLoss }, seconds: 0.1, samples: 1000, steps: 32 };
      }
    },
    earlyStopping: ({ study }) =>
      rule === 'hyperband'
        ? hyperband(study, { maxResource: 27, seed })
        : successiveHalving(study, { maxResource: 27, reductionFactor: 3 }),
    budget: { trials },
    parallel: 4,
    seed,
  }).subscribe(event => {
    const time = begin + event.time;
    if (event.type !== 'study-started') events.push({ ...event, time });
    else events.push({ ...event, time, study: { ...event.study, epochs, rules: [rule], rungs: [rungs] } });
  });
  return events;
}

function mapReports(
  events: Iterable<StudyEvent>,
  change: (report: PlainReport, trial: number) => PlainReport,
): StudyEvent[] {
  return Array.from(events, event =>
    event.type === 'trial-reported' ? { ...event, report: change(event.report, event.trial) } : event,
  );
}

/** The same study with residuals in place of what rows were taken for. */
export function asRegression(events: Iterable<StudyEvent>): StudyEvent[] {
  return mapReports(events, (report, trial) => {
    if (report.predictions === undefined) return report;
    const draw = random(11, 'residuals', trial, report.epoch);
    const spread = 0.4 * Number(report.metrics.valLoss);
    const pairs = Array.from({ length: 200 }, (): [number, number] => {
      const truth = 12 + 9 * draw.normal();
      return [truth, truth * (1 - 0.1 * spread) + 9 * spread * draw.normal()];
    });
    return { ...report, predictions: { kind: 'residuals', pairs, rows: 359 } };
  });
}

/** The same study with the metrics of five folds in every report. */
export function withFolds(events: Iterable<StudyEvent>): StudyEvent[] {
  return mapReports(events, (report, trial) => {
    const around = (value: number, fold: number) =>
      value * (1 + 0.08 * random(13, 'folds', trial, report.epoch, fold).normal());
    const entries = Object.entries(report.metrics);
    const folds = Array.from({ length: 5 }, (_, fold) =>
      Object.fromEntries(entries.map(([name, value]) => [name, around(value, fold)])),
    );
    const standardErrors = Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        Math.sqrt(folds.reduce((sum, fold) => sum + (Number(fold[name]) - value) ** 2, 0) / 20),
      ]),
    );
    return { ...report, folds, standardErrors };
  });
}

/**
 * The same study with more that may happen: its third trial is a clone that waited, its first one was paused after its third report and
 * resumed two seconds later, and what it reports is stored.
 */
export function withPauses(events: Iterable<StudyEvent>): StudyEvent[] {
  const made: StudyEvent[] = [];
  let late = 0;
  let last = 0;
  const put = (event: UnstampedEvent & { readonly time?: number }) => {
    last = event.time ?? last;
    made.push({ ...event, seq: made.length, time: last } as StudyEvent);
  };
  for (const event of events) {
    const time = event.time + late;
    if (event.type === 'trial-started' && event.trial === 2) {
      const origin = { kind: 'clone', of: 1 } as const;
      put({ type: 'trial-enqueued', trial: 2, hparams: event.hparams, origin, time });
    }
    if (event.type === 'trial-reported' && event.trial === 0) {
      put({ ...event, report: { ...event.report, checkpoint: `trials/0/epoch-${event.report.epoch}.json` }, time });
    } else put({ ...event, time });
    if (event.type !== 'trial-reported' || event.trial !== 0 || event.report.epoch !== 3) continue;
    put({ type: 'trial-paused', trial: 0, epoch: 3, by: 'page' });
    late += 2000;
    put({ type: 'trial-waits', trial: 0, by: 'command', time: time + late });
    put({ type: 'trial-resumed', trial: 0, epoch: 3, slot: 0 });
  }
  return made;
}
