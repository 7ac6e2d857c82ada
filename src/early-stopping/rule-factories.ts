import { type DivergedOptions, diverged } from './diverged.js';
import { type HyperbandOptions, hyperband } from './hyperband.js';
import { median } from './median.js';
import { type PatienceOptions, patience } from './patience.js';
import { type MedianOptions, type PercentileOptions, percentile } from './percentile.js';
import { type PlateauOptions, plateau } from './plateau.js';
import type { AnnotatingRule } from './rule.js';
import { type SampleBudgetOptions, sampleBudget } from './sample-budget.js';
import type { StudyView } from './study-view.js';
import { type SuccessiveHalvingOptions, successiveHalving } from './successive-halving.js';
import { type ThresholdOptions, threshold } from './threshold.js';
import { type TimeBudgetOptions, timeBudget } from './time-budget.js';
import { type WilcoxonOptions, wilcoxon } from './wilcoxon.js';

/** The options of every rule that a file can name. */
export interface RuleOptions {
  readonly patience: PatienceOptions;
  readonly plateau: PlateauOptions;
  readonly threshold: ThresholdOptions;
  readonly diverged: DivergedOptions;
  readonly timeBudget: TimeBudgetOptions;
  readonly sampleBudget: SampleBudgetOptions;
  readonly median: MedianOptions;
  readonly percentile: PercentileOptions;
  readonly successiveHalving: SuccessiveHalvingOptions;
  readonly hyperband: HyperbandOptions;
  readonly wilcoxon: WilcoxonOptions;
}

/** Every rule by the name that a file gives it, the combinators apart: makes it from its options and the study as its trial sees it. */
export const ruleFactories: {
  readonly [Name in keyof RuleOptions]: (options: RuleOptions[Name], study: StudyView) => AnnotatingRule;
} = {
  patience,
  plateau,
  threshold,
  diverged,
  timeBudget,
  sampleBudget,
  median: (options, study) => median(study, options),
  percentile: (options, study) => percentile(study, options),
  successiveHalving: (options, study) => successiveHalving(study, options),
  hyperband: (options, study) => hyperband(study, options),
  wilcoxon: (options, study) => wilcoxon(study, options),
};
