import { consult, traitsOf } from './consult.js';
import { type AnnotatingRule, rule } from './rule.js';
import type { Rule } from './study-view.js';
import { nameOf } from './user-rule.js';

/** Stops at the first report at which the rule would not; the trial counts as complete. Mostly of use within `all`. */
export function not(negated: Rule): AnnotatingRule {
  const name = `not(${nameOf(negated)})`;
  return rule(
    name,
    consult([negated], ([verdict], { epoch }) =>
      verdict === undefined
        ? { by: name, reason: `${nameOf(negated)} would not stop at epoch ${epoch}`, outcome: 'complete', epoch }
        : undefined,
    ),
    traitsOf([negated]),
  );
}
