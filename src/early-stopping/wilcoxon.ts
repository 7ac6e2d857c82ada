import { checkOptions, type OptionNames } from '../option-names.js';
import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { better, comparedBy } from './direction.js';
import { metricValue, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan, worstOf } from './nan.js';
import { type AnnotatingRule, judgingRule } from './rule.js';
import { signedRank } from './signed-rank.js';
import { standingsOf } from './standings.js';
import type { StudyView, TrialView } from './study-view.js';

/** How sure `wilcoxon` must be, and of what. */
export interface WilcoxonOptions {
  /** A trial is stopped when the test's p-value is less than this, 0 to 1; default 0.1. */
  readonly p?: number | undefined;
  /** Folds, or epochs, that are needed to judge, from 1; default 2. */
  readonly startupSteps?: number | undefined;
  /** Default: the study's objective. */
  readonly metric?: string | undefined;
  /** Needed only for a metric other than the objective's whose name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /**
   * What becomes of the trial at NaN; default `prune`. With `worst`, NaN counts as the worst value, also that of the best trial, whose
   * NaN is left out otherwise.
   */
  readonly nan?: NanPolicy | undefined;
}

const OPTIONS: OptionNames<WilcoxonOptions> = { p: true, startupSteps: true, metric: true, direction: true, nan: true };

/**
 * Prunes a trial that is worse than the best complete one, fold by fold: when Wilcoxon's signed-rank test of the differences says so,
 * one-sided, and so does their mean. Reports of a cross-validation are compared by fold: one fold after another with all that the
 * best trial has, all at once at the same epoch. Other reports are compared by epoch. The rule of Optuna's `WilcoxonPruner`.
 *
 * @example wilcoxon(study, { p: 0.1 })
 */
export function wilcoxon(study: StudyView, options: WilcoxonOptions = {}): AnnotatingRule {
  checkOptions('wilcoxon', options, OPTIONS);
  const { p = 0.1, startupSteps = 2, nan = 'prune' } = options;
  checkNumber('wilcoxon', 'p', p, 0, 1);
  checkWhole('wilcoxon', 'startupSteps', startupSteps, 1);
  checkNan('wilcoxon', nan);
  const { metric, direction } = comparedBy('wilcoxon', study, options);
  const worst = worstOf(direction);
  const sign = direction === 'minimize' ? 1 : -1;
  const counted = (value: number) => (nan === 'worst' && Number.isNaN(value) ? worst : value);

  return judgingRule('wilcoxon', () => {
    const own: Steps = new Map();
    return report => {
      const value = metricValue('wilcoxon', report, metric);
      addSteps(own, report, metric);
      const found = { by: 'wilcoxon', outcome: 'pruned', epoch: report.epoch, metric } as const;
      if (nan !== 'worst' && (Number.isNaN(value) || [...own.values()].some(each => Number.isNaN(each)))) {
        return { ...found, outcome: outcomeOfNan[nan], value, reason: `${metric} is not a number` };
      }
      const best = standingsOf(study).best();
      if (best === undefined || best.number === study.trial) return undefined;
      const theirs = stepsOf(best, report, metric);
      const pairs: [number, number][] = [];
      for (const [step, mine] of own) {
        const other = counted(theirs.get(step) ?? Number.NaN);
        if (theirs.has(step) && !Number.isNaN(other)) pairs.push([counted(mine), other]);
      }
      if (pairs.length < startupSteps) return undefined;
      const mean = meanOf(pairs.map(([mine]) => mine));
      const limit = meanOf(pairs.map(([, other]) => other));
      if (!better(limit, mean, direction)) return undefined;
      const chance = signedRank(pairs.map(([mine, other]) => sign * (mine - other)));
      if (chance >= p) return undefined;
      const steps = `${pairs.length} ${report.folds !== undefined || report.fold !== undefined ? 'folds' : 'epochs'}`;
      return {
        ...found,
        value: mean,
        reason: `${metric} ${shown(mean)} is worse than ${shown(limit)} of the best trial, ${best.number}, over ${steps} (p = ${shown(chance)})`,
        threshold: limit,
        against: `trial ${best.number} over ${steps}`,
      };
    };
  });
}

/** Values by fold or epoch. */
type Steps = Map<number, number>;

function addSteps(steps: Steps, { folds, fold, epoch, metrics }: Report, metric: string): void {
  for (const [step, values] of folds?.entries() ?? [[fold ?? epoch, metrics] as const]) {
    const value = values[metric];
    if (value !== undefined) steps.set(step, value);
  }
}

/** The best trial's steps, as far as they are to be compared with a report. */
function stepsOf({ reports }: TrialView, { fold, epoch }: Report, metric: string): Steps {
  const steps: Steps = new Map();
  for (const report of reports) if (fold !== undefined || report.epoch <= epoch) addSteps(steps, report, metric);
  return steps;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
