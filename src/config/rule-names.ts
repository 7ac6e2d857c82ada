import { identity } from 'rxjs';
import { openStandings } from '../early-stopping/standings.js';
import type { StudyView, TrialView } from '../early-stopping/study-view.js';
import { named } from '../early-stopping/user-rule.js';
import type { Objective } from '../tune/events.js';
import { type CustomModules, partName } from './custom-modules.js';
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

/**
 * Makes each rule once, a user's own too, as for the first trial of a study.
 *
 * @throws InputError with the path of a rule that is wrong, or the file of a module that makes none.
 */
export function tryRules(forms: readonly RuleForm[], objective: Objective, custom: Pick<CustomModules, 'rule'>): void {
  const trials: readonly TrialView[] = [{ number: 0, state: 'running', reports: [] }];
  const study: StudyView = { objective, trial: 0, trials, seed: 0, standings: openStandings(trials, objective) };
  makeRules(forms, study, custom);
}
