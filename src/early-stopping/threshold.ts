import { InputError } from '../errors.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { directionFor, directionOf } from './direction.js';
import { metricWithin, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan, worstOf } from './nan.js';
import { type AnnotatingRule, judgingRule, type PendingDecision } from './rule.js';
import { checkWithin, epochOf, type WithinOption } from './within.js';

/** The bounds that `threshold` watches; at least one of `above` and `below`. */
export interface ThresholdOptions extends WithinOption {
  readonly metric: string;
  /** Stop when the metric is greater than this. */
  readonly above?: number | undefined;
  /** Stop when the metric is less than this. */
  readonly below?: number | undefined;
  /** Epochs at the start that are not judged; default 0. */
  readonly warmup?: number | undefined;
  /** What a crossing makes of the trial; by default `complete` (a goal reached) on the metric's better side, else `pruned`. */
  readonly outcome?: 'complete' | 'pruned' | 'failed' | undefined;
  /** The metric's better side, if its name does not imply it; it decides the default of `outcome`, and what `worst` is. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** What becomes of the trial at NaN; default `fail`. */
  readonly nan?: NanPolicy | undefined;
}

const OPTIONS: OptionNames<ThresholdOptions> = {
  metric: true,
  above: true,
  below: true,
  warmup: true,
  outcome: true,
  direction: true,
  nan: true,
  within: true,
};

/** Stops when a metric leaves its bounds; NaN stops too, and the trial has failed, unless `nan` says otherwise. */
export function threshold(options: ThresholdOptions): AnnotatingRule {
  checkOptions('threshold', options, OPTIONS);
  const { metric, above, below, warmup = 0, outcome, nan = 'fail', within } = options;
  if (typeof metric !== 'string') throw new InputError('threshold: expected `metric` to name a metric, got none');
  if (above === undefined && below === undefined)
    throw new InputError('threshold: expected `above` or `below`, got neither');
  for (const [option, value] of Object.entries({ above, below })) {
    if (value !== undefined)
      checkNumber('threshold', option, value, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }
  checkWhole('threshold', 'warmup', warmup, 0);
  checkNan('threshold', nan);
  checkWithin('threshold', within);
  const direction = options.direction ?? directionOf(metric);
  const worst = nan === 'worst' ? worstOf(directionFor('threshold', metric, direction)) : Number.NaN;

  const judge = (report: Report): PendingDecision | undefined => {
    const reported = metricWithin('threshold', report, metric);
    if (reported === undefined || epochOf(report) <= warmup) return undefined;
    const value = Number.isNaN(reported) ? worst : reported;
    const found = { by: 'threshold', epoch: report.epoch, metric, value } as const;
    if (Number.isNaN(value)) return { ...found, reason: `${metric} is not a number`, outcome: outcomeOfNan[nan] };
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
  };
  return judgingRule('threshold', () => judge, { within });
}
