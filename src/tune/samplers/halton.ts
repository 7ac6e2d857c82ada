import { random } from '../../random.js';
import { quantile } from '../hyperparameter.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { Sampler } from './sampler.js';

/** Options of `halton`. */
export interface HaltonOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
}

/**
 * Points that fill the space evenly, however many: Halton's sequence, a prime base for each hyperparameter whether it exists at a point
 * or not, and the trial's number as index. Every digit is scrambled by a permutation of its own, from the seed; an attempt has
 * permutations of its own. For many hyperparameters (above about 20) it needs many trials.
 * Halton, "Algorithm 247" (1964); Owen, "A randomized Halton algorithm in R" (2017).
 *
 * @example halton({ seed: 7 })
 */
export function halton(options: HaltonOptions = {}): Sampler {
  requireSamplerSeed('halton', options);
  return {
    name: 'halton',
    begin({ space, seed }) {
      const key = options.seed ?? seed;
      const bases = primes(space.hyperparameters.length);
      const baseOf = new Map(space.hyperparameters.map((h, dimension) => [h, bases[dimension] as number]));
      const permutations = new Map<string, Uint32Array>();
      const permutation = (base: number, digit: number, attempt: number) => {
        const name = `${base} ${digit} ${attempt}`;
        const known = permutations.get(name);
        if (known !== undefined) return known;
        const made = random(key, 'halton', base, digit, attempt).permutation(base);
        permutations.set(name, made);
        return made;
      };
      return {
        ask: (trial, _history, attempt = 0) =>
          space.resolve(h => {
            const base = baseOf.get(h) as number;
            return quantile(
              h,
              radicalInverse(trial, base, digit => permutation(base, digit, attempt)),
            );
          }).hparams,
      };
    },
  };
}

/** The digits of an index, the lowest first, as those of a fraction; permuted, also the zeros after the last. */
function radicalInverse(index: number, base: number, permuted: (digit: number) => Uint32Array): number {
  let [u, place, rest] = [0, 1 / base, index];
  // As many digits as a number has.
  for (let digit = 0; place > 2 ** -54; digit++, place /= base) {
    u += (permuted(digit)[rest % base] as number) * place;
    rest = Math.floor(rest / base);
  }
  return Math.min(u, 1 - 2 ** -53);
}

/** The first `n` primes. */
function primes(n: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < n; candidate++) {
    if (!found.some(prime => candidate % prime === 0)) found.push(candidate);
  }
  return found;
}
