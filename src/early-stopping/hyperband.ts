import { InputError } from '../errors.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import { random } from '../random.js';
import { checkNumber, checkWhole } from './arguments.js';
import { type HalvingOptions, halving, type Rungs } from './halving.js';
import type { AnnotatingRule } from './rule.js';
import type { StudyView } from './study-view.js';

/** The brackets of `hyperband`. */
export interface HyperbandOptions extends HalvingOptions {
  /** The first rung of the first bracket, in epochs; default 1. */
  readonly minResource?: number | undefined;
  /** The epochs of a trial that is not stopped. */
  readonly maxResource: number;
  /** η: a rung lies η times as far as the one before, and one in η survives it; from 2, default 3. */
  readonly reductionFactor?: number | undefined;
  /** Which bracket a trial is in depends on this and on its number only; default: the study's seed, else 0. */
  readonly seed?: number | undefined;
}

const OPTIONS: OptionNames<HyperbandOptions> = {
  minResource: true,
  maxResource: true,
  reductionFactor: true,
  seed: true,
  metric: true,
  direction: true,
  nan: true,
};

/**
 * Hyperband without retraining: ⌊log_η(maxResource/minResource)⌋ + 1 brackets, each an asynchronous successive halving whose
 * first rung lies η times as far as that of the one before. A trial belongs to one of them by lot, in such shares that all brackets
 * cost about the same, and is compared with those of its own bracket only, at the rungs below `maxResource`.
 * Li et al., "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization" (2018).
 *
 * @example hyperband(study, { maxResource: 81 })
 */
export function hyperband(study: StudyView, options: HyperbandOptions): AnnotatingRule {
  checkOptions('hyperband', options, OPTIONS);
  const { minResource = 1, maxResource, reductionFactor = 3, seed = study.seed ?? 0 } = options;
  checkWhole('hyperband', 'minResource', minResource, 1);
  checkWhole('hyperband', 'maxResource', maxResource, minResource);
  checkNumber('hyperband', 'reductionFactor', reductionFactor, 2, Number.POSITIVE_INFINITY);
  if (!Number.isFinite(seed)) throw new InputError(`hyperband: expected \`seed\` to be a number, got ${String(seed)}`);
  const brackets = bracketsOf(study, minResource, maxResource, reductionFactor, seed);
  const bracket = brackets.of(study.trial);
  return halving('hyperband', study, options, {
    minResource: minResource * reductionFactor ** bracket,
    maxResource,
    reductionFactor,
    group: brackets.groups[bracket],
  });
}

/** What tells the bracket of a trial. */
export interface HyperbandRungs {
  readonly brackets: readonly (readonly number[])[];
  readonly reductionFactor: number;
  readonly seed?: number | undefined;
}

/** The brackets of a study, drawn as trials come. */
interface Brackets {
  of(trial: number): number;
  readonly groups: readonly NonNullable<Rungs['group']>[];
}

// By the list of trials, which all views of a study share: every trial makes its own rule.
const known = new WeakMap<StudyView['trials'], Map<string, Brackets>>();

function bracketsOf({ trials }: StudyView, ...options: readonly [number, number, number, number]): Brackets {
  const ofStudy = known.get(trials) ?? new Map<string, Brackets>();
  const key = `hyperband ${options.join(' ')}`;
  const brackets = ofStudy.get(key) ?? openBrackets(key, options);
  known.set(trials, ofStudy.set(key, brackets));
  return brackets;
}

function openBrackets(key: string, [min, max, eta, seed]: readonly [number, number, number, number]): Brackets {
  const shares = bracketShares(min, max, eta);
  const drawn: number[] = [];
  const of = (trial: number): number => {
    drawn[trial] ??= drawBracket(shares, seed, trial);
    return drawn[trial];
  };
  const groups = shares.map((_, bracket) => ({
    key: `${key} ${bracket}`,
    name: `bracket ${bracket}`,
    has: (trial: number) => of(trial) === bracket,
  }));
  return { of, groups };
}

/** The share of the trials that each bracket has, from the one that begins earliest: Hyperband's ⌈(s_max + 1) / (s + 1) · η^s⌉ trials of bracket s. */
export function bracketShares(minResource: number, maxResource: number, reductionFactor: number): readonly number[] {
  // log(243) / log(3) is a little less than 5.
  return sharesOf(
    Math.floor(Math.log(maxResource / minResource) / Math.log(reductionFactor) + 1e-9) + 1,
    reductionFactor,
  );
}

/**
 * Which bracket of a `hyperband` a trial is in, from 0, by the rungs that a study tells of: 0 for a rule without brackets.
 *
 * @example bracketOf(study.rungs[0], 17)
 */
export function bracketOf({ brackets, reductionFactor, seed }: HyperbandRungs, trial: number): number {
  return seed === undefined ? 0 : drawBracket(sharesOf(brackets.length, reductionFactor), seed, trial);
}

function sharesOf(brackets: number, reductionFactor: number): readonly number[] {
  const last = brackets - 1;
  const sizes = Array.from({ length: last + 1 }, (_, bracket) => {
    const s = last - bracket;
    return Math.ceil(((last + 1) / (s + 1)) * reductionFactor ** s);
  });
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map(size => size / all);
}

function drawBracket(shares: readonly number[], seed: number, trial: number): number {
  let left = random(seed, 'hyperband', trial).uniform();
  const found = shares.findIndex(share => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? shares.length - 1 : found;
}
