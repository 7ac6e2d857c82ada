import { comparedBy } from '../early-stopping/direction.js';
import { bracketShares } from '../early-stopping/hyperband.js';
import { namedForm } from '../nn/plain.js';
import type { Objective, RungsInfo } from '../tune/events.js';
import { ruleNames } from './rule-names.js';
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

/** A rule whose trials have epochs without a known end has rungs up to here. */
const FAR = 10_000;

/**
 * Where the rules of a list compare trials at rungs, for pages; the rungs of a rule within others have the name of the whole, as decisions do.
 * What stands in a `not` is left out: it ends those that a rung would keep.
 *
 * @param steps reports of a trial that is not stopped, if known
 */
export function rungsOf(
  forms: readonly RuleForm[],
  {
    objective,
    seed,
    steps = FAR,
  }: { readonly objective: Objective; readonly seed: number; readonly steps?: number | undefined },
): RungsInfo[] {
  return ruleNames(forms, objective).flatMap((rule, index) =>
    halvingsIn(forms[index]!).flatMap(([name, options]): RungsInfo[] => {
      const compared = comparedBy(name, { objective, trial: 0, trials: [] }, options);
      const { reductionFactor, brackets } = bracketsOf(name, options, steps + 1);
      const lot = name === 'hyperband' ? { seed: options.seed ?? seed } : {};
      return [{ rule, ...compared, reductionFactor, brackets, ...lot }];
    }),
  );
}

interface HalvingForm {
  readonly metric?: string;
  readonly direction?: Objective['direction'];
  readonly minResource?: number;
  readonly maxResource?: number;
  readonly reductionFactor?: number;
  readonly seed?: number;
}

/** The rules with rungs in a form, by name, but for those in a `not`. */
function halvingsIn(form: RuleForm): (readonly [name: 'successiveHalving' | 'hyperband', options: HalvingForm])[] {
  if (typeof form === 'object' && 'use' in form) return [];
  const { name, options } = namedForm(form) as { name: string; options: never };
  if (name === 'any' || name === 'all') return (options as RuleForm[]).flatMap(halvingsIn);
  if (name === 'after' || name === 'every') return halvingsIn((options as { rule: RuleForm }).rule);
  return name === 'successiveHalving' || name === 'hyperband' ? [[name, options]] : [];
}

/** The epochs of the rungs below `end` and below the rule's `maxResource`, by bracket; one bracket for `successiveHalving`. */
function bracketsOf(name: 'successiveHalving' | 'hyperband', options: HalvingForm, end: number) {
  const { minResource: first = 1, maxResource = Number.POSITIVE_INFINITY } = options;
  const { reductionFactor = name === 'hyperband' ? 3 : 4 } = options;
  const most = Math.min(end, maxResource);
  const from = (begin: number): number[] => {
    const rungs: number[] = [];
    const at = (power: number) => Math.ceil(begin * reductionFactor ** power);
    while (at(rungs.length) < most) rungs.push(at(rungs.length));
    return rungs;
  };
  const count = name === 'hyperband' ? bracketShares(first, maxResource, reductionFactor).length : 1;
  const brackets = Array.from({ length: count }, (_, bracket) => from(first * reductionFactor ** bracket));
  return { reductionFactor, brackets };
}

function linesOf(name: string, options: HalvingForm, steps: number, noun: string): string[] {
  if (name !== 'successiveHalving' && name !== 'hyperband') return [];
  const { reductionFactor, brackets } = bracketsOf(name, options, steps);
  return brackets.map((rungs, bracket) => {
    const at = rungs.length === 0 ? `no ${noun}` : `${noun}${rungs.length === 1 ? '' : 's'} ${rungs.join(', ')}`;
    const which = name === 'hyperband' ? `${name}, bracket ${bracket},` : name;
    return `${which} at ${at}, where one in ${reductionFactor} goes on`;
  });
}
