import { identity } from 'rxjs';
import { named } from '../early-stopping/user-rule.js';
import type { Objective } from '../tune/events.js';
import { partName } from './custom-modules.js';
import { makeRules } from './make-rules.js';
import type { RuleForm } from './rule-schema.js';

/**
 * The names of rules, as they will appear in stop decisions: `patience`, `any(plateau, median)`. Makes each rule once,
 * but for a user's own, whose modules need not be there yet.
 *
 * @throws InputError with the path of a rule that is wrong.
 */
export function ruleNames(forms: readonly RuleForm[], objective: Objective): string[] {
  const custom = { rule: (reference: { readonly use: string }) => named(partName(reference), identity) };
  return makeRules(forms, { objective, trial: 0, trials: [] }, custom).map(({ ruleName }) => ruleName);
}
