import { InputError } from '../errors.js';

/** Throws an `InputError` unless the seed that `where` was given is one, by the rule of files and the command line. */
export function requireSeed(where: string, seed: unknown): void {
  if (Number.isSafeInteger(seed) && (seed as number) >= 0) return;
  throw new InputError(`${where}: expected \`seed\` to be a whole number from 0 up, got ${String(seed)}`);
}

/** The same of a sampler's options, where the seed may be left to the study. */
export function requireSamplerSeed(sampler: string, options: { readonly seed?: number | undefined }): void {
  if (options?.seed !== undefined) requireSeed(sampler, options.seed);
}
