import { combined } from './combined.js';
import { consult, traitsOf } from './consult.js';
import { type AnnotatingRule, rule } from './rule.js';
import type { Rule } from './study-view.js';
import { nameOf } from './user-rule.js';

/** Stops as soon as one of the rules would; the first of them, in their order, says why. */
export function any(...rules: readonly Rule[]): AnnotatingRule {
  const name = `any(${rules.map(nameOf).join(', ')})`;
  return rule(
    name,
    consult(rules, (verdicts, { epoch }) => {
      const decision = verdicts.find(verdict => verdict !== undefined);
      return decision && combined(name, [decision], epoch);
    }),
    traitsOf(rules),
  );
}
