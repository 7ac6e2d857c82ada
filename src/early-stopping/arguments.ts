import { didYouMean, InputError } from '../errors.js';

const received = (value: unknown): string =>
  `${typeof value === 'number' ? value : (JSON.stringify(value) ?? value)} (${typeof value})`;

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

/** The name of every option that a rule has. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** Checks that what a rule was given are options, and all of them its own. */
export function checkOptions<Options extends object>(
  ruleName: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null) {
    throw new InputError(`${ruleName}: expected options such as { ${names[0]}: … }, got ${received(options)}`);
  }
  const unknown = Object.keys(options).find(name => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new InputError(
    `${ruleName}: no option "${unknown}"${didYouMean(unknown, names)}; there are ${names.join(', ')}`,
  );
}
