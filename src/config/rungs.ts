import { namedForm } from '../nn/plain.js';
import type { RuleForm } from './rule-schema.js';

/** The steps at which a rule compares trials, in words: `successiveHalving at epochs 3, 9`. */
export function rungLines(forms: readonly RuleForm[], steps: number, noun: 'epoch' | 'fold'): string[] {
  return forms.flatMap(form => {
    if (typeof form === 'object' && 'use' in form) return [];
    const { name, options } = namedForm(form) as { name: string; options: never };
    if (name === 'any' || name === 'all') return rungLines(options as RuleForm[], steps, noun);
    if (name === 'not') return rungLines([options as RuleForm], steps, noun);
    if (name === 'after' || name === 'every') return rungLines([(options as { rule: RuleForm }).rule], steps, noun);
    return linesOf(name, options, steps, noun);
  });
}

interface Rungs {
  readonly minResource?: number;
  readonly maxResource?: number;
  readonly reductionFactor?: number;
}

function linesOf(name: string, options: Rungs, steps: number, noun: string): string[] {
  const { minResource: first = 1, maxResource = steps } = options;
  const most = Math.min(steps, maxResource);
  const at = (begin: number, factor: number): string => {
    const rungs: number[] = [];
    for (let power = 0; begin * factor ** power < most; power++) rungs.push(Math.ceil(begin * factor ** power));
    return rungs.length === 0 ? `no ${noun}` : `${noun}${rungs.length === 1 ? '' : 's'} ${rungs.join(', ')}`;
  };
  if (name === 'successiveHalving') {
    const { reductionFactor = 4 } = options;
    return [`${name} at ${at(first, reductionFactor)}, where one in ${reductionFactor} goes on`];
  }
  if (name !== 'hyperband') return [];
  const { reductionFactor = 3 } = options;
  const brackets = Math.floor(Math.log(maxResource / first) / Math.log(reductionFactor) + 1e-9) + 1;
  return Array.from({ length: brackets }, (_, bracket) => {
    return `${name}, bracket ${bracket}, at ${at(first * reductionFactor ** bracket, reductionFactor)}, where one in ${reductionFactor} goes on`;
  });
}
