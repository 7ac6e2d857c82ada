import { didYouMean, InputError } from '../errors.js';

/** What one option accepts, in words and as a test. */
export interface OptionRule {
  readonly accepts: string;
  test(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Accepts numbers above 0. */
export const positive: OptionRule = { accepts: 'a number above 0', test: v => isNumber(v) && v > 0 };
/** Accepts numbers from 0 up. */
export const nonNegative: OptionRule = { accepts: 'a number from 0 up', test: v => isNumber(v) && v >= 0 };
/** Accepts finite numbers. */
export const anyNumber: OptionRule = { accepts: 'a finite number', test: isNumber };
/** Accepts numbers from 0 to below 1. */
export const fraction: OptionRule = {
  accepts: 'a number from 0 up to, but not including, 1',
  test: v => isNumber(v) && v >= 0 && v < 1,
};
/** Accepts true and false. */
export const flag: OptionRule = { accepts: 'true or false', test: v => typeof v === 'boolean' };
/** Accepts whole numbers from 1 up. */
export const count: OptionRule = {
  accepts: 'a whole number from 1 up',
  test: v => Number.isSafeInteger(v) && (v as number) >= 1,
};
/** Accepts one of these names. */
export const oneOf = (...names: readonly string[]): OptionRule => ({
  accepts: names.map(name => `"${name}"`).join(' or '),
  test: v => typeof v === 'string' && names.includes(v),
});

/** A value as it stands in an error: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  const text = typeof value === 'string' ? JSON.stringify(value) : (tryJson(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function tryJson(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/**
 * Checks what a user gave as the options of `owner` (`adam`, `dense`) and returns it; an undefined value counts as absent.
 *
 * @throws InputError that names the option, what it accepts and what it got, or the nearest known option.
 */
export function checkOptions<T extends object>(
  owner: string,
  options: T,
  rules: Readonly<Record<string, OptionRule>>,
): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InputError(`${owner} takes an object of options, got ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      const takes = known.length === 0 ? 'no options' : known.join(', ');
      throw new InputError(`${owner} has no option "${name}"${didYouMean(name, known)}; it takes ${takes}`);
    }
    const rule = rules[name]!;
    if (value !== undefined && !rule.test(value)) {
      throw new InputError(`${owner}: ${name} must be ${rule.accepts}, got ${shown(value)}`);
    }
  }
  return options;
}

/** Checks one value that a user gave as `name`. */
export function checkValue<T>(name: string, value: T, rule: OptionRule): T {
  if (!rule.test(value)) throw new InputError(`${name} must be ${rule.accepts}, got ${shown(value)}`);
  return value;
}
