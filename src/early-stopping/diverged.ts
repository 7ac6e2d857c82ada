import { checkNumber } from './arguments.js';
import { directionOf } from './direction.js';
import { metricValue, shown } from './metric-value.js';
import { type AnnotatingRule, judgingRule } from './rule.js';

/** What counts as diverging. */
export interface DivergedOptions {
  /** The metric watched; default `loss`, the training loss. */
  readonly metric?: string | undefined;
  /** How many times its first value a metric that is minimized may grow to; default 100. */
  readonly growth?: number | undefined;
}

/** Stops when a metric is NaN or infinite, or has grown to many times its first value; the trial has failed. */
export function diverged(options: DivergedOptions = {}): AnnotatingRule {
  const { metric = 'loss', growth = 100 } = options;
  checkNumber('diverged', 'growth', growth, 1, Number.POSITIVE_INFINITY);
  const grows = directionOf(metric) !== 'maximize';

  return judgingRule('diverged', () => {
    let first: number | undefined;
    return report => {
      const value = metricValue('diverged', report, metric);
      const found = { by: 'diverged', outcome: 'failed', epoch: report.epoch, metric, value } as const;
      if (!Number.isFinite(value)) {
        return { ...found, reason: `${metric} is ${Number.isNaN(value) ? 'not a number' : 'infinite'}` };
      }
      first ??= value;
      if (!grows || first <= 0 || value <= growth * first) return undefined;
      return {
        ...found,
        reason: `${metric} ${shown(value)} is more than ${growth} times its first value, ${shown(first)}`,
        threshold: growth * first,
        against: 'first value',
      };
    };
  });
}
