import { InputError } from '../errors.js';
import type { Distribution, NumberDistribution } from './distributions.js';
import type { HParamValue, HyperparameterInfo } from './events.js';
import type { Path } from './path.js';

/** A distribution in its place in a search space. */
export interface Hyperparameter {
  /** Its own name, or its shortest unambiguous path. */
  readonly name: string;
  readonly path: Path;
  readonly distribution: Distribution;
  /** What stands for each option of a choice or ordinal in a point of the space; empty for numbers. */
  readonly labels: readonly HParamValue[];
  /** The option that must be drawn for this hyperparameter to exist: an index into the labels of another. */
  readonly parent?: { readonly hyperparameter: Hyperparameter; readonly option: number } | undefined;
}

/** How many values a hyperparameter has, those within its options not counted; infinite for a range of real numbers. */
export function cardinality({ distribution, labels }: Hyperparameter): number {
  if ('options' in distribution) return labels.length;
  const { low, high } = distribution;
  const step = stepOf(distribution);
  if (step === undefined) return Number.POSITIVE_INFINITY;
  const steps = (high - low) / step;
  const whole = Math.round(steps);
  // 0.3 / 0.1 is 2.9999999999999996, and yet 0 … 0.3 by 0.1 has four values.
  return (Math.abs(steps - whole) < 1e-9 ? whole : Math.floor(steps)) + 1;
}

/** The value at an index from 0 up to its cardinality, which must be finite. */
export function valueAt({ distribution, labels }: Hyperparameter, index: number): HParamValue {
  if ('options' in distribution) return labels[index] as HParamValue;
  const { low, high } = distribution;
  const value = low + index * (stepOf(distribution) ?? 1);
  return Math.min(high, distribution.kind === 'int' ? value : withoutRoundingNoise(value));
}

/** The value below which lies a fraction `u`, in [0, 1), of the distribution: uniform, or uniform in the logarithm. */
export function quantile(hyperparameter: Hyperparameter, u: number): HParamValue {
  const { distribution } = hyperparameter;
  if ('log' in distribution && distribution.log) return logQuantile(distribution, u);
  const n = cardinality(hyperparameter);
  if (Number.isFinite(n)) return valueAt(hyperparameter, Math.min(n - 1, Math.floor(u * n)));
  const { low, high } = distribution as NumberDistribution;
  // Not low + u · (high − low), whose difference can overflow.
  return Math.min(high, Math.max(low, low * (1 - u) + high * u));
}

/** Whole numbers share the range [low − ½, high + ½], so that both ends are as likely as their neighbours. */
function logQuantile({ kind, low, high }: NumberDistribution, u: number): number {
  const margin = kind === 'int' ? 0.5 : 0;
  const [from, to] = [Math.log(low - margin), Math.log(high + margin)];
  const value = Math.exp(from + u * (to - from));
  return Math.min(high, Math.max(low, kind === 'int' ? Math.round(value) : value));
}

/** Throws an `InputError` unless the hyperparameter can have this value, which of a stepped range is low + k · step, up to rounding. */
export function checkValue({ name, distribution, labels }: Hyperparameter, value: HParamValue): void {
  if ('options' in distribution) {
    if (labels.includes(value)) return;
    throw new InputError(`${name}: expected one of ${labels.join(', ')}, got ${JSON.stringify(value)}`);
  }
  const { kind, low, high, step } = distribution;
  const fits = kind === 'int' ? Number.isInteger(value) : Number.isFinite(value);
  if (fits && (value as number) >= low && (value as number) <= high && isOnStep(value as number, distribution)) return;
  const by = step === undefined ? '' : ` by ${step}`;
  throw new InputError(
    `${name}: expected a ${kind === 'int' ? 'whole number' : 'number'} from ${low} to ${high}${by}, got ${JSON.stringify(value)}`,
  );
}

function isOnStep(value: number, { low, step }: NumberDistribution): boolean {
  if (step === undefined) return true;
  const steps = (value - low) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** What people and pages are told of a hyperparameter. */
export function describe(hyperparameter: Hyperparameter): HyperparameterInfo {
  const { name, distribution, labels } = hyperparameter;
  const condition = conditionOf(hyperparameter);
  const where = condition === undefined ? {} : { condition };
  if ('options' in distribution) {
    return { name, kind: distribution.kind, options: labels.map(String), ...where };
  }
  const { kind, low, high, log, step } = distribution;
  return { name, kind, low, high, ...(log ? { log } : {}), ...(step === undefined ? {} : { step }), ...where };
}

/** `optimizer = adam`, from the outside in. */
function conditionOf({ parent }: Hyperparameter): string | undefined {
  if (parent === undefined) return undefined;
  const { hyperparameter, option } = parent;
  const own = `${hyperparameter.name} = ${hyperparameter.labels[option]}`;
  const outer = conditionOf(hyperparameter);
  return outer === undefined ? own : `${outer}, ${own}`;
}

/** An int's step is 1 unless stated, also in a log range. */
function stepOf({ kind, step }: NumberDistribution): number | undefined {
  return step ?? (kind === 'int' ? 1 : undefined);
}

/** 0.1 · 3 is 0.3 here: fifteen digits are what a decimal step can have. */
function withoutRoundingNoise(value: number): number {
  return Number(value.toPrecision(15));
}
