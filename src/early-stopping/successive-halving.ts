import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { better, directionFor } from './direction.js';
import { metricValue, shown } from './metric-value.js';
import { type AnnotatingRule, judgingRule, type PendingDecision } from './rule.js';
import type { StudyView } from './study-view.js';

/** Where the rungs of `successiveHalving` are. */
export interface SuccessiveHalvingOptions {
  /** The first rung, in epochs; default 1. */
  readonly minResource?: number | undefined;
  /** η: a rung lies η times as far as the one before, and one in η survives it; from 2, default 4. */
  readonly reductionFactor?: number | undefined;
  /** Default: the study's objective. */
  readonly metric?: string | undefined;
  /** Needed only for a metric other than the objective's whose name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
}

/**
 * Asynchronous successive halving: at each rung, minResource · η^k epochs, a trial goes on if it is within the best ⌊n/η⌋ of the
 * n values seen there so far, its own included, or the best of them. NaN stops. Between rungs the last rung's verdict stands.
 * Li et al., "A System for Massively Parallel Hyperparameter Tuning" (2020).
 */
export function successiveHalving(study: StudyView, options: SuccessiveHalvingOptions = {}): AnnotatingRule {
  const { minResource = 1, reductionFactor = 4, metric = study.objective.metric } = options;
  checkWhole('successiveHalving', 'minResource', minResource, 1);
  checkNumber('successiveHalving', 'reductionFactor', reductionFactor, 2, Number.POSITIVE_INFINITY);
  const objectives = metric === study.objective.metric ? study.objective.direction : undefined;
  const direction = directionFor('successiveHalving', metric, options.direction ?? objectives);

  function judgeAt(rung: number, { epoch }: Report, value: number): PendingDecision | undefined {
    const found = { by: 'successiveHalving', outcome: 'pruned', epoch, metric, value } as const;
    if (Number.isNaN(value)) return { ...found, reason: `${metric} is not a number at the rung of epoch ${rung}` };
    const others = valuesAtRung(study, rung, metric);
    const seen = others.length + 1;
    const places = Math.max(1, Math.floor(seen / reductionFactor));
    let ahead = 0;
    for (const other of others) if (better(other, value, direction)) ahead++;
    if (ahead < places) return undefined;
    const limit = others.sort()[direction === 'minimize' ? places - 1 : others.length - places];
    const against = `${places === 1 ? 'best' : `best ${places}`} of ${seen} at the rung of epoch ${rung}`;
    return {
      ...found,
      reason: `${metric} ${shown(value)} is not within ${shown(limit ?? Number.NaN)}, the ${against}`,
      threshold: limit,
      against,
    };
  }

  return judgingRule('successiveHalving', () => {
    let rung = Math.max(1, Math.ceil(minResource));
    let power = 0;
    let verdict: PendingDecision | undefined;
    return report => {
      const value = metricValue('successiveHalving', report, metric);
      let reached = false;
      while (report.epoch >= rung) {
        const decision = judgeAt(rung, report, value);
        verdict = reached ? (verdict ?? decision) : decision;
        reached = true;
        power += 1;
        rung = Math.ceil(minResource * reductionFactor ** power);
      }
      return verdict && { ...verdict, epoch: report.epoch };
    };
  });
}

/** The other trials' values at a rung, as far as they have reached it: each one's first report at or after it. */
function valuesAtRung(study: StudyView, rung: number, metric: string): Float64Array {
  const values: number[] = [];
  for (const trial of study.trials) {
    if (trial.number === study.trial) continue;
    const likely = trial.reports[rung - 1];
    const report = likely?.epoch === rung ? likely : trial.reports.find(({ epoch }) => epoch >= rung);
    const value = report?.metrics[metric];
    if (value !== undefined && !Number.isNaN(value)) values.push(value);
  }
  return Float64Array.from(values);
}
