import { type DivergedOptions, diverged } from './diverged.js';
import { median } from './median.js';
import { type PatienceOptions, patience } from './patience.js';
import { type MedianOptions, type PercentileOptions, percentile } from './percentile.js';
import type { AnnotatingRule } from './rule.js';
import type { StudyView } from './study-view.js';
import { type SuccessiveHalvingOptions, successiveHalving } from './successive-halving.js';
import { type ThresholdOptions, threshold } from './threshold.js';

/** The options of every rule that a file can name. */
export interface RuleOptions {
  readonly patience: PatienceOptions;
  readonly threshold: ThresholdOptions;
  readonly diverged: DivergedOptions;
  readonly median: MedianOptions;
  readonly percentile: PercentileOptions;
  readonly successiveHalving: SuccessiveHalvingOptions;
}

/** Every rule by the name that a file gives it, the combinators apart: makes it from its options and the study as its trial sees it. */
export const ruleFactories: {
  readonly [Name in keyof RuleOptions]: (options: RuleOptions[Name], study: StudyView) => AnnotatingRule;
} = {
  patience,
  threshold,
  diverged,
  median: (options, study) => median(study, options),
  percentile: (options, study) => percentile(study, options),
  successiveHalving: (options, study) => successiveHalving(study, options),
};
