import { InputError } from '../errors.js';

/** The value, if it is a whole number from `low` up; else an `InputError` that names it. */
export function requireInteger(name: string, value: number, low: number): number {
  if (Number.isInteger(value) && value >= low) return value;
  throw new InputError(`expected \`${name}\` to be a whole number from ${low} up, got \`${value}\` (${typeof value})`);
}

/** The value, if it is a number above 0 (or `Infinity`); else an `InputError` that names it. */
export function requirePositive(name: string, value: number): number {
  if (value > 0) return value;
  throw new InputError(`expected \`${name}\` to be a number above 0, got \`${value}\` (${typeof value})`);
}

/** The value, if it is a number from 0 up (or `Infinity`); else an `InputError` that names it. */
export function requireFromZero(name: string, value: number): number {
  if (value >= 0) return value;
  throw new InputError(`expected \`${name}\` to be a number from 0 up, got \`${value}\` (${typeof value})`);
}
