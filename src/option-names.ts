import { didYouMean, InputError } from './errors.js';

/** The name of every option that there is; one that is missing does not compile. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** A value as it stands in an error, with its type. */
export const received = (value: unknown): string =>
  `${typeof value === 'number' ? value : (JSON.stringify(value) ?? value)} (${typeof value})`;

/**
 * Checks that what `owner` (`median`, `readCsv`) was given are options, and all of them its own.
 *
 * @throws InputError that names the first one that is unknown, and the nearest that is known.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null) {
    throw new InputError(`${owner}: expected options such as { ${names[0]}: … }, got ${received(options)}`);
  }
  const unknown = Object.keys(options).find(name => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new InputError(`${owner}: no option "${unknown}"${didYouMean(unknown, names)}; there are ${names.join(', ')}`);
}
