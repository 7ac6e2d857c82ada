import { checkWhole } from './arguments.js';
import { combined } from './combined.js';
import { consult, traitsOf } from './consult.js';
import { type AnnotatingRule, rule } from './rule.js';
import type { Rule } from './study-view.js';
import { nameOf } from './user-rule.js';
import { epochOf } from './within.js';

/** A rule whose decisions count only after the first `epochs` epochs; it sees those all the same. */
export function after(epochs: number, delayed: Rule): AnnotatingRule {
  checkWhole('after', 'epochs', epochs, 0);
  const name = `after(${epochs}, ${nameOf(delayed)})`;
  return rule(
    name,
    consult([delayed], ([verdict], report) =>
      verdict !== undefined && epochOf(report) > epochs ? combined(name, [verdict], report.epoch) : undefined,
    ),
    traitsOf([delayed]),
  );
}
