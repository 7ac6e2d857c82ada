import { InputError } from '../errors.js';
import { checkNumber, checkWhole } from './arguments.js';
import { directionOf } from './direction.js';
import { metricValue, shown } from './metric-value.js';
import { type AnnotatingRule, judgingRule } from './rule.js';

/** The bounds that `threshold` watches; at least one of `above` and `below`. */
export interface ThresholdOptions {
  readonly metric: string;
  /** Stop when the metric is greater than this. */
  readonly above?: number | undefined;
  /** Stop when the metric is less than this. */
  readonly below?: number | undefined;
  /** Epochs at the start that are not judged; default 0. */
  readonly warmup?: number | undefined;
  /** What a crossing makes of the trial; by default `complete` (a goal reached) on the metric's better side, else `pruned`. */
  readonly outcome?: 'complete' | 'pruned' | 'failed' | undefined;
}

/** Stops when a metric leaves its bounds; NaN stops too, and the trial has failed. */
export function threshold(options: ThresholdOptions): AnnotatingRule {
  const { metric, above, below, warmup = 0, outcome } = options;
  if (typeof metric !== 'string') throw new InputError('threshold: expected `metric` to name a metric, got none');
  if (above === undefined && below === undefined)
    throw new InputError('threshold: expected `above` or `below`, got neither');
  for (const [option, value] of Object.entries({ above, below })) {
    if (value !== undefined)
      checkNumber('threshold', option, value, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }
  checkWhole('threshold', 'warmup', warmup, 0);
  const direction = directionOf(metric);

  return judgingRule('threshold', () => report => {
    const value = metricValue('threshold', report, metric);
    if (report.epoch <= warmup) return undefined;
    const found = { by: 'threshold', epoch: report.epoch, metric, value } as const;
    if (Number.isNaN(value)) return { ...found, reason: `${metric} is not a number`, outcome: 'failed' };
    if (above !== undefined && value > above) {
      const reason = `${metric} ${shown(value)} is above ${shown(above)}`;
      return {
        ...found,
        reason,
        threshold: above,
        outcome: outcome ?? (direction === 'maximize' ? 'complete' : 'pruned'),
      };
    }
    if (below !== undefined && value < below) {
      const reason = `${metric} ${shown(value)} is below ${shown(below)}`;
      return {
        ...found,
        reason,
        threshold: below,
        outcome: outcome ?? (direction === 'minimize' ? 'complete' : 'pruned'),
      };
    }
    return undefined;
  });
}
