import type { Report } from '../train/report.js';
import { comparedBy } from './direction.js';
import { metricValue, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan, worstOf } from './nan.js';
import { type AnnotatingRule, judgingRule, type PendingDecision, worded } from './rule.js';
import { nansAs } from './standing.js';
import { standingsOf } from './standings.js';
import type { Rung, StudyView } from './study-view.js';

/** What trials are compared by at a rung. */
export interface HalvingOptions {
  /** Default: the study's objective. */
  readonly metric?: string | undefined;
  /** Needed only for a metric other than the objective's whose name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /**
   * What becomes of the trial if its metric is NaN at a rung; default `prune`. With `worst`, NaN counts as the worst value, also that of
   * the others, which is left out otherwise.
   */
  readonly nan?: NanPolicy | undefined;
}

/** The rungs, in epochs: minResource · reductionFactor^k, below maxResource; and who is compared there, if not everybody. */
export interface Rungs {
  readonly minResource: number;
  readonly maxResource: number;
  readonly reductionFactor: number;
  readonly group?: (NonNullable<Rung['group']> & { readonly name: string }) | undefined;
}

/** Asynchronous successive halving among a group of trials; `successiveHalving` and `hyperband` are this. */
export function halving(
  name: 'successiveHalving' | 'hyperband',
  study: StudyView,
  options: HalvingOptions,
  { minResource, maxResource, reductionFactor, group }: Rungs,
): AnnotatingRule {
  const { nan = 'prune' } = options;
  checkNan(name, nan);
  const { metric, direction } = comparedBy(name, study, options);
  const worst = worstOf(direction);

  function judgeAt(rung: number, { epoch }: Report, reported: number): PendingDecision | undefined {
    if (Number.isNaN(reported) && nan !== 'worst') {
      const reason = `${metric} is not a number at the rung of epoch ${rung}`;
      return { by: name, outcome: outcomeOfNan[nan], epoch, metric, value: reported, reason };
    }
    const value = Number.isNaN(reported) ? worst : reported;
    const numbers = standingsOf(study).standing({ metric, epoch: rung, of: 'reached', group }, study.trial);
    const others = nan === 'worst' ? nansAs(worst, numbers) : numbers;
    const seen = others.size + 1;
    const places = Math.max(1, Math.floor(seen / reductionFactor));
    const ahead = direction === 'minimize' ? others.below(value) : others.above(value);
    if (ahead < places) return undefined;
    const limit = others.at(direction === 'minimize' ? places - 1 : others.size - places);
    return worded({ by: name, outcome: 'pruned', epoch, metric, value, threshold: limit }, () => {
      const among = group === undefined ? `${seen}` : `${seen} of ${group.name}`;
      const against = `${places === 1 ? 'best' : `best ${places}`} of ${among} at the rung of epoch ${rung}`;
      return { reason: `${metric} ${shown(value)} is not within ${shown(limit)}, the ${against}`, against };
    });
  }

  return judgingRule(name, () => {
    let rung = Math.max(1, Math.ceil(minResource));
    let power = 0;
    let verdict: PendingDecision | undefined;
    return report => {
      const value = metricValue(name, report, metric);
      let reached = false;
      while (report.epoch >= rung && rung < maxResource) {
        const decision = judgeAt(rung, report, value);
        verdict = reached ? (verdict ?? decision) : decision;
        reached = true;
        power += 1;
        rung = Math.ceil(minResource * reductionFactor ** power);
      }
      return verdict && standing(verdict, report.epoch);
    };
  });
}

/** A verdict of the last rung at a later epoch. */
function standing(verdict: PendingDecision, epoch: number): PendingDecision {
  if (verdict.epoch === epoch) return verdict;
  const { settle = () => verdict } = verdict;
  return { ...verdict, epoch, settle: () => ({ ...settle(), epoch }) };
}
