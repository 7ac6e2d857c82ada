import { InputError } from '../errors.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import { shown } from './metric-value.js';
import { type AnnotatingRule, judgingRule } from './rule.js';
import { checkWithin, type WithinOption } from './within.js';

/** How long a trial may take. */
export interface TimeBudgetOptions extends WithinOption {
  /** Seconds of training, above 0. */
  readonly seconds: number;
}

const OPTIONS: OptionNames<TimeBudgetOptions> = { seconds: true, within: true };

/**
 * Stops a trial at the first report after so many seconds of its training (`report.seconds`); it counts as complete. One that does not
 * report is not stopped: the `time` of the study ends it.
 */
export function timeBudget(options: TimeBudgetOptions): AnnotatingRule {
  checkOptions('timeBudget', options, OPTIONS);
  const { seconds, within } = options;
  checkBudget('timeBudget', 'seconds', seconds);
  checkWithin('timeBudget', within);
  return judgingRule(
    'timeBudget',
    () => report =>
      report.seconds >= seconds
        ? {
            by: 'timeBudget',
            reason: `${shown(report.seconds)} s of training have used up its ${shown(seconds)} s`,
            outcome: 'complete',
            epoch: report.epoch,
            value: report.seconds,
            threshold: seconds,
            against: 'time budget',
          }
        : undefined,
    { within },
  );
}

/** Checks that a budget is a finite number above 0. */
export function checkBudget(ruleName: string, option: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw new InputError(`${ruleName}: expected \`${option}\` to be a number above 0, got ${String(value)}`);
}
