import { checkOptions, type OptionNames } from '../option-names.js';
import type { Report } from '../train/report.js';
import { checkNumber } from './arguments.js';
import { directionOf } from './direction.js';
import { metricWithin, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan } from './nan.js';
import { type AnnotatingRule, judgingRule, type PendingDecision } from './rule.js';
import { checkWithin, type WithinOption } from './within.js';

/** What counts as diverging. */
export interface DivergedOptions extends WithinOption {
  /** The metric watched; default `loss`, the training loss. */
  readonly metric?: string | undefined;
  /** How many times its first value a metric that is minimized may grow to; default 100. */
  readonly growth?: number | undefined;
  /** The metric's better side, if its name does not imply it; default `minimize`. One that is maximized may grow as it likes. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** What becomes of the trial at NaN; default `fail`. `worst` fails too: the worst value is infinite. */
  readonly nan?: NanPolicy | undefined;
}

const OPTIONS: OptionNames<DivergedOptions> = { metric: true, growth: true, direction: true, nan: true, within: true };

/** Stops when a metric is NaN or infinite, or has grown to many times its first value; the trial has failed (`nan` may say otherwise of NaN). */
export function diverged(options: DivergedOptions = {}): AnnotatingRule {
  checkOptions('diverged', options, OPTIONS);
  const { metric = 'loss', growth = 100, nan = 'fail', within } = options;
  checkNumber('diverged', 'growth', growth, 1, Number.POSITIVE_INFINITY);
  checkNan('diverged', nan);
  checkWithin('diverged', within);
  const grows = (options.direction ?? directionOf(metric)) !== 'maximize';

  const start = () => {
    let first: number | undefined;
    let epochOver = false;
    return (report: Report): PendingDecision | undefined => {
      const value = metricWithin('diverged', report, metric);
      if (value === undefined) return undefined;
      const found = { by: 'diverged', outcome: 'failed', epoch: report.epoch, metric, value } as const;
      if (Number.isNaN(value)) return { ...found, outcome: outcomeOfNan[nan], reason: `${metric} is not a number` };
      if (!Number.isFinite(value)) return { ...found, reason: `${metric} is infinite` };
      // Within the first epoch the first value there is; then that epoch's, which is also known to a trial that goes on later.
      if (first === undefined || (!epochOver && report.within === undefined)) first = value;
      epochOver ||= report.within === undefined;
      if (!grows || first <= 0 || value <= growth * first) return undefined;
      return {
        ...found,
        reason: `${metric} ${shown(value)} is more than ${growth} times its first value, ${shown(first)}`,
        threshold: growth * first,
        against: 'first value',
      };
    };
  };
  return judgingRule('diverged', start, { within });
}
