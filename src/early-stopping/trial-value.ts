import type { Report } from '../train/report.js';
import { better } from './direction.js';
import type { Objective } from './study-view.js';

/**
 * What a trial is worth by its reports: the best finite value over its epochs, or the last one of reports of one fold after
 * another, which is the mean over the most folds; undefined when there is none.
 */
export function trialValue(reports: readonly Report[], { metric, direction }: Objective): number | undefined {
  let best: number | undefined;
  for (const { metrics, fold } of reports) {
    const value = metrics[metric];
    if (value === undefined || value === null || !Number.isFinite(value)) continue;
    if (best === undefined || fold !== undefined || better(value, best, direction)) best = value;
  }
  return best;
}
