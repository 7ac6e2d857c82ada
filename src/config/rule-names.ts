import { named } from '../early-stopping/user-rule.js';
import { partName } from './custom-modules.js';
import { makeRules } from './make-rules.js';
import type { RuleForm } from './rule-schema.js';

/** The names of rules, as they will appear in stop decisions: `patience`, `any(plateau, median)`. */
export function ruleNames(
  forms: readonly RuleForm[],
  objective: { metric: string; direction: 'minimize' | 'maximize' },
) {
  const custom = {
    rule: (reference: Parameters<typeof partName>[0]) => named(partName(reference), reports$ => reports$),
  };
  return makeRules(forms, { objective, trial: 0, trials: [] }, custom).map(({ ruleName }) => ruleName);
}
