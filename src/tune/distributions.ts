import { InputError } from '../errors.js';

// Symbol.for, so that two copies of this package know each other's distributions.
const brand: unique symbol = Symbol.for('rxnn.distribution') as never;

interface Branded {
  readonly [brand]: true;
  /** The hyperparameter's name, instead of its shortest unambiguous path. */
  readonly name?: string | undefined;
}

/** Numbers from `low` to `high`, both included; `log`: uniform in the logarithm; `step`: only low, low + step, … */
export interface NumberDistribution extends Branded {
  readonly kind: 'float' | 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step?: number | undefined;
}

/** One of some values; those of an ordinal one are in order. An option may hold more distributions, which are drawn only if it is. */
export interface OptionsDistribution<Option = unknown> extends Branded {
  readonly kind: 'choice' | 'ordinal';
  readonly options: readonly Option[];
}

/** What a hyperparameter is drawn from. */
export type Distribution = NumberDistribution | OptionsDistribution;

/** How the numbers of a range are spread. */
export interface RangeOptions {
  /** Uniform in the logarithm; default false. The range must lie above 0. */
  readonly log?: boolean | undefined;
  /** Only low, low + step, … up to high; default: every number (`float`), 1 (`int`). Not together with `log`. */
  readonly step?: number | undefined;
  /** The hyperparameter's name; default: its shortest unambiguous path. */
  readonly name?: string | undefined;
}

/** Options of `choice` and `ordinal`. */
export interface NameOption {
  /** The hyperparameter's name; default: its shortest unambiguous path. */
  readonly name?: string | undefined;
}

/**
 * Real numbers from `low` to `high`.
 *
 * @throws InputError for a range that is empty or inverted, a log range that touches 0, a step that is not above 0.
 * @example float(1e-4, 1e-1, { log: true })
 */
export function float(low: number, high: number, options: RangeOptions = {}): NumberDistribution {
  return range('float', low, high, options);
}

/**
 * Whole numbers from `low` to `high`, both included.
 *
 * @throws InputError as `float`, and for bounds or a step that are not whole.
 * @example int(8, 256, { log: true })
 */
export function int(low: number, high: number, options: RangeOptions = {}): NumberDistribution {
  return range('int', low, high, options);
}

/**
 * One of the options, which may be anything, also objects with more distributions in them.
 *
 * @throws InputError when there is none, or the same one twice.
 * @example choice([{ adam: { learningRate: float(1e-4, 1e-1, { log: true }) } }, 'sgd'])
 */
export function choice<const Option>(
  options: readonly Option[],
  { name }: NameOption = {},
): OptionsDistribution<Option> {
  return oneOf('choice', options, name);
}

/**
 * One of the options, which are in order: neighbours are alike.
 *
 * @throws InputError as `choice`.
 * @example ordinal([16, 32, 64, 128])
 */
export function ordinal<const Option>(
  options: readonly Option[],
  { name }: NameOption = {},
): OptionsDistribution<Option> {
  return oneOf('ordinal', options, name);
}

/** Whether a value is a distribution, made by `float`, `int`, `choice` or `ordinal`. */
export function isDistribution(value: unknown): value is Distribution {
  return typeof value === 'object' && value !== null && (value as Partial<Branded>)[brand] === true;
}

function range(kind: 'float' | 'int', low: number, high: number, options: RangeOptions): NumberDistribution {
  const { log = false, step, name } = options;
  const wanted = kind === 'float' ? 'a finite number' : 'a whole number';
  const fits = kind === 'float' ? Number.isFinite : Number.isSafeInteger;
  for (const [bound, value] of [
    ['low', low],
    ['high', high],
  ] as const) {
    if (!fits(value)) throw new InputError(`${kind}: expected \`${bound}\` to be ${wanted}, got ${received(value)}`);
  }
  if (typeof log !== 'boolean') {
    throw new InputError(`${kind}: expected \`log\` to be true or false, got ${received(log)}`);
  }
  if (low === high) {
    throw new InputError(`${kind}: the range from ${low} to ${high} is empty; write ${low} itself for a fixed value`);
  }
  if (low > high) {
    throw new InputError(`${kind}: the range from ${low} to ${high} is inverted; expected [low, high] with low < high`);
  }
  if (log && low <= 0) {
    throw new InputError(`${kind}: a log range must lie above 0, got ${low} to ${high}`);
  }
  if (step !== undefined) {
    if (log) throw new InputError(`${kind}: \`step\` cannot be combined with \`log\`; leave one of them out`);
    if (!(fits(step) && step > 0)) {
      throw new InputError(`${kind}: expected \`step\` to be ${wanted} above 0, got ${received(step)}`);
    }
    // 10.2 − 10 is a little less than 0.2.
    if (step > (high - low) * (1 + 1e-9)) {
      throw new InputError(
        `${kind}: expected \`step\` to be at most ${high - low}, the width of its range, got ${step}`,
      );
    }
  }
  return { [brand]: true, kind, low, high, log, step, name: checkedName(kind, name) };
}

function oneOf<Option>(
  kind: 'choice' | 'ordinal',
  options: readonly Option[],
  name: string | undefined,
): OptionsDistribution<Option> {
  if (!Array.isArray(options) || options.length === 0) {
    const got = Array.isArray(options) ? 'none' : received(options);
    throw new InputError(`${kind}: expected a list of at least one option, got ${got}`);
  }
  const seen = new Set<unknown>();
  for (const option of options) {
    if (option === undefined || (typeof option === 'number' && !Number.isFinite(option))) {
      throw new InputError(`${kind}: ${String(option)} cannot be an option`);
    }
    if (seen.has(option)) throw new InputError(`${kind}: the option ${received(option)} is listed twice`);
    seen.add(option);
  }
  return { [brand]: true, kind, options: [...options], name: checkedName(kind, name) };
}

function checkedName(kind: string, name: unknown): string | undefined {
  if (name === undefined || (typeof name === 'string' && name !== '' && name !== '__proto__')) return name;
  throw new InputError(`${kind}: expected \`name\` to be a name, got ${received(name)}`);
}

function received(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value);
  return `${JSON.stringify(value) ?? typeof value}`;
}
