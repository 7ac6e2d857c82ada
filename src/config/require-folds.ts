import { InputError } from '../errors.js';
import { namedForm } from '../nn/plain.js';
import type { RuleForm } from './rule-schema.js';
import type { TrainingFile } from './training-schema.js';

/** Throws an `InputError`, with the rule's path, for a rule that compares trials fold by fold where there are no folds. */
export function requireFolds({ data, earlyStopping = [] }: TrainingFile): void {
  if (data.folds !== undefined) return;
  for (const [index, form] of earlyStopping.entries()) look(form, `earlyStopping[${index}]`);
}

function look(form: RuleForm, path: string): void {
  if (typeof form === 'object' && 'use' in form) return;
  const { name, options } = namedForm(form) as { name: string; options: never };
  const inside = `${path}.${name}`;
  if (name === 'any' || name === 'all') {
    for (const [index, rule] of (options as RuleForm[]).entries()) look(rule, `${inside}[${index}]`);
  } else if (name === 'not') look(options, inside);
  else if (name === 'after' || name === 'every') look((options as { rule: RuleForm }).rule, `${inside}.rule`);
  else if (name === 'wilcoxon') {
    throw new InputError(
      'wilcoxon compares trials fold by fold, and the data is not divided into folds; give data "folds", or take median',
      { path: typeof form === 'string' ? path : inside },
    );
  }
}
