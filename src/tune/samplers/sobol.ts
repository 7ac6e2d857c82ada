import { random } from '../../random.js';
import { quantile } from '../hyperparameter.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { Sampler } from './sampler.js';
import { SOBOL_DIMENSIONS, sobolDirections } from './sobol-directions.js';

/** Options of `sobol`. */
export interface SobolOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
}

/**
 * Points that fill the space evenly: Sobol's sequence, one dimension for each hyperparameter whether it exists at a point or not, and
 * the trial's number as index. Scrambled by a random matrix and shift, from the seed; an attempt has a scrambling of its own. Most
 * even for a power of two of trials. Hyperparameters after the first 101 are drawn at random.
 * Sobol, "On the distribution of points in a cube" (1967); Matoušek, "On the L2-discrepancy for anchored boxes" (1998).
 *
 * @example sobol({ seed: 7 })
 */
export function sobol(options: SobolOptions = {}): Sampler {
  requireSamplerSeed('sobol', options);
  return {
    name: 'sobol',
    begin({ space, seed }) {
      const key = options.seed ?? seed;
      const dimensions = new Map(space.hyperparameters.map((hyperparameter, dimension) => [hyperparameter, dimension]));
      const scramblings = new Map<number, readonly Scrambled[]>();
      const scrambling = (attempt: number) => {
        const known = scramblings.get(attempt);
        if (known !== undefined) return known;
        const made = Array.from({ length: Math.min(dimensions.size, SOBOL_DIMENSIONS) }, (_, d) =>
          scramble(key, d, attempt),
        );
        scramblings.set(attempt, made);
        return made;
      };
      return {
        ask(trial, _history, attempt = 0) {
          const scrambled = scrambling(attempt);
          return space.resolve(h => {
            const dimension = scrambled[dimensions.get(h) as number];
            return quantile(
              h,
              dimension ? at(dimension, trial) : random(key, 'sobol', trial, h.name, attempt).uniform(),
            );
          }).hparams;
        },
      };
    },
  };
}

/** One dimension's direction numbers and its shift. */
interface Scrambled {
  readonly directions: Uint32Array;
  readonly shift: number;
}

function scramble(seed: number, dimension: number, attempt: number): Scrambled {
  const stream = random(seed, 'sobol', dimension, attempt);
  // Lower triangular, so that the first bits are scrambled by themselves; row i makes bit 31 − i.
  const rows = Uint32Array.from({ length: 32 }, (_, i) => {
    const diagonal = 2 ** (31 - i);
    const left = i === 0 ? 0 : stream.int(0, 2 ** i - 1) * 2 ** (32 - i);
    return left + diagonal;
  });
  const directions = sobolDirections(dimension).map(direction =>
    rows.reduce((bits, row, i) => (bits | (parity(row & direction) << (31 - i))) >>> 0, 0),
  );
  return { directions, shift: stream.int(0, 2 ** 32 - 1) };
}

function at({ directions, shift }: Scrambled, index: number): number {
  let bits = shift;
  for (let k = 0, rest = index; rest > 0 && k < 32; k++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) bits ^= directions[k] as number;
  }
  return (bits >>> 0) / 2 ** 32;
}

/** 1 if a number has an odd count of bits. */
function parity(bits: number): number {
  let x = bits;
  for (const half of [16, 8, 4, 2, 1]) x ^= x >>> half;
  return x & 1;
}
