import { checkOptions } from '../option-names.js';
import { MEDIAN_OPTIONS, type MedianOptions, percentileRule } from './percentile.js';
import type { AnnotatingRule } from './rule.js';
import type { StudyView } from './study-view.js';

/** Prunes a trial whose best value so far is worse than the median of the complete trials' values at the same epoch: `percentile` at 50. */
export function median(study: StudyView, options: MedianOptions = {}): AnnotatingRule {
  checkOptions('median', options, MEDIAN_OPTIONS);
  return percentileRule('median', study, { ...options, percentile: 50 }, 'median');
}
