import { checkOptions, type OptionNames } from '../option-names.js';
import { checkNumber, checkWhole } from './arguments.js';
import { type HalvingOptions, halving } from './halving.js';
import type { AnnotatingRule } from './rule.js';
import type { StudyView } from './study-view.js';

/** Where the rungs of `successiveHalving` are. */
export interface SuccessiveHalvingOptions extends HalvingOptions {
  /** The first rung, in epochs; default 1. With `reductionFactor` 3, a first rung at epoch 3 often does better. */
  readonly minResource?: number | undefined;
  /** The epochs of a trial that is not stopped: there is no rung there or beyond, so nobody is stopped at its end. Default: not known. */
  readonly maxResource?: number | undefined;
  /** η: a rung lies η times as far as the one before, and one in η survives it; from 2, default 4. */
  readonly reductionFactor?: number | undefined;
}

const OPTIONS: OptionNames<SuccessiveHalvingOptions> = {
  minResource: true,
  maxResource: true,
  reductionFactor: true,
  metric: true,
  direction: true,
  nan: true,
};

/**
 * Asynchronous successive halving: at each rung, minResource · η^k epochs, a trial goes on if it is within the best ⌊n/η⌋ of the
 * n values seen there so far, its own included, or the best of them. NaN stops. Between rungs the last rung's verdict stands.
 * Li et al., "A System for Massively Parallel Hyperparameter Tuning" (2020).
 */
export function successiveHalving(study: StudyView, options: SuccessiveHalvingOptions = {}): AnnotatingRule {
  checkOptions('successiveHalving', options, OPTIONS);
  const { minResource = 1, maxResource, reductionFactor = 4 } = options;
  checkWhole('successiveHalving', 'minResource', minResource, 1);
  if (maxResource !== undefined) checkWhole('successiveHalving', 'maxResource', maxResource, minResource);
  checkNumber('successiveHalving', 'reductionFactor', reductionFactor, 2, Number.POSITIVE_INFINITY);
  return halving('successiveHalving', study, options, {
    minResource,
    maxResource: maxResource ?? Number.POSITIVE_INFINITY,
    reductionFactor,
  });
}
