import { InputError } from '../errors.js';
import { received } from '../option-names.js';

/** Checks that an option is a whole number from `minimum` up. */
export function checkWhole(ruleName: string, option: string, value: unknown, minimum: number): void {
  if (Number.isInteger(value) && (value as number) >= minimum) return;
  throw new InputError(
    `${ruleName}: expected \`${option}\` to be a whole number from ${minimum} up, got ${received(value)}`,
  );
}

/** Checks that an option is a finite number within [minimum, maximum]. */
export function checkNumber(ruleName: string, option: string, value: unknown, minimum: number, maximum: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum) return;
  const range = maximum === Number.POSITIVE_INFINITY ? `from ${minimum} up` : `from ${minimum} to ${maximum}`;
  throw new InputError(
    `${ruleName}: expected \`${option}\` to be a number${minimum === Number.NEGATIVE_INFINITY ? '' : ` ${range}`}, got ${received(value)}`,
  );
}
