import { checkOptions, type OptionNames } from '../option-names.js';
import { type AnnotatingRule, judgingRule } from './rule.js';
import { checkBudget } from './time-budget.js';
import { checkWithin, type WithinOption } from './within.js';

/** How many rows a trial may train on. */
export interface SampleBudgetOptions extends WithinOption {
  /** Training rows, every repetition counted, above 0. */
  readonly samples: number;
}

const OPTIONS: OptionNames<SampleBudgetOptions> = { samples: true, within: true };

/** Stops a trial at the first report after so many training rows (`report.samples`); it counts as complete. */
export function sampleBudget(options: SampleBudgetOptions): AnnotatingRule {
  checkOptions('sampleBudget', options, OPTIONS);
  const { samples, within } = options;
  checkBudget('sampleBudget', 'samples', samples);
  checkWithin('sampleBudget', within);
  return judgingRule(
    'sampleBudget',
    () => report =>
      report.samples >= samples
        ? {
            by: 'sampleBudget',
            reason: `${report.samples} training rows have used up its ${samples}`,
            outcome: 'complete',
            epoch: report.epoch,
            value: report.samples,
            threshold: samples,
            against: 'sample budget',
          }
        : undefined,
    { within },
  );
}
