import { InputError } from '../errors.js';

/** Throws an `InputError` unless the seed that `where` was given is one, by the rule of files and the command line. */
export function requireSeed(where: string, seed: unknown): void {
  if (Number.isSafeInteger(seed) && (seed as number) >= 0) return;
  throw new InputError(`${where}: expected \`seed\` to be a whole number from 0 up, got ${String(seed)}`);
}
