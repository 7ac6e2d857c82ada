import { identity } from 'rxjs';
import { after } from '../early-stopping/after.js';
import { all } from '../early-stopping/all.js';
import { any } from '../early-stopping/any.js';
import { traitsOf } from '../early-stopping/consult.js';
import { every } from '../early-stopping/every.js';
import { not } from '../early-stopping/not.js';
import type { AnnotatingRule } from '../early-stopping/rule.js';
import { ruleFactories } from '../early-stopping/rule-factories.js';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { InputError } from '../errors.js';
import { namedForm } from '../nn/plain.js';
import type { CustomModules } from './custom-modules.js';
import type { Reference } from './part-schemas.js';
import type { RuleForm } from './rule-schema.js';

/**
 * The rules of a list, each as the file states it.
 *
 * @throws InputError with the path of the rule.
 */
export function makeRules(
  forms: readonly RuleForm[],
  study: StudyView,
  custom: Pick<CustomModules, 'rule'>,
): AnnotatingRule[] {
  const make = (form: RuleForm, path: string): AnnotatingRule => {
    if (typeof form === 'object' && 'use' in form) return custom.rule(form as Reference, study);
    const { name, options } = namedForm(form) as { name: string; options: never };
    const inside = `${path}.${name}`;
    const several = () => (options as RuleForm[]).map((rule, index) => make(rule, `${inside}[${index}]`));
    const one = () => make((options as { rule: RuleForm }).rule, `${inside}.rule`);
    const { epochs } = options as { epochs: number };
    if (name === 'any') return any(...several());
    if (name === 'all') return all(...several());
    if (name === 'not') return not(make(options, inside));
    if (name === 'after') return after(epochs, one());
    if (name === 'every') return every(epochs, one());
    try {
      return ruleFactories[name as keyof typeof ruleFactories](options, study);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.problem.replace(`${name}: `, ''), { path: inside });
    }
  };
  return forms.map((form, index) => make(form, `earlyStopping[${index}]`));
}

/**
 * Rules one after another: the first that decides ends the training, and says so under its own name. Asks for reports from within
 * an epoch if one of them does, and for weights unless none of them does.
 */
export function inSequence(rules: readonly Rule[]): Rule {
  if (rules.length === 0) return identity;
  const sequence: Rule = reports$ => rules.reduce((stream, rule) => rule(stream), reports$);
  return Object.assign(sequence, traitsOf(rules));
}
