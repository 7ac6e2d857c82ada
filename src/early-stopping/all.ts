import { InputError } from '../errors.js';
import { combined } from './combined.js';
import { consult, traitsOf } from './consult.js';
import { type AnnotatingRule, type PendingDecision, rule } from './rule.js';
import type { Rule } from './study-view.js';
import { nameOf } from './user-rule.js';

/** Stops at a report at which every one of the rules would; the gravest of their outcomes counts. */
export function all(...rules: readonly Rule[]): AnnotatingRule {
  if (rules.length === 0) throw new InputError('all: expected at least one rule, got none');
  const name = `all(${rules.map(nameOf).join(', ')})`;
  const unanimous = (verdicts: readonly (PendingDecision | undefined)[]): verdicts is readonly PendingDecision[] =>
    verdicts.every(verdict => verdict !== undefined);
  return rule(
    name,
    consult(rules, (verdicts, { epoch }) => (unanimous(verdicts) ? combined(name, verdicts, epoch) : undefined)),
    traitsOf(rules),
  );
}
