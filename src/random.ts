/**
 * The only source of randomness: Threefry-2x32 with 20 rounds, a counter-based generator
 * (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * A stream is keyed by (seed, purpose, …): equal keys draw equal numbers whatever else was drawn before, in any
 * order, on any machine. `split` derives an independent stream.
 */
export interface Random {
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A standard normal number (Box–Muller). */
  normal(): number;
  /** An integer from `low` up to and including `high`. */
  int(low: number, high: number): number;
  /** A new array with the items in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** The permutation of 0 … n − 1 that `shuffle` would apply. */
  permutation(n: number): Uint32Array;
  /** Fills `out` with numbers in [0, 1) of 24 random bits each; two per block, for masks and weights. */
  fill(out: Float32Array): Float32Array;
  /** An independent stream for a sub-purpose. */
  split(...purpose: readonly (string | number)[]): Random;
}

type Key = readonly [number, number];

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** One Threefry-2x32-20 block; `out` receives two 32-bit words. */
export function threefry(key: Key, c0: number, c1: number, out: Uint32Array): void {
  const ks = [key[0], key[1], (0x1bd11bda ^ key[0] ^ key[1]) >>> 0] as const;
  let x0 = (c0 + ks[0]) >>> 0;
  let x1 = (c1 + ks[1]) >>> 0;
  for (let round = 0; round < 20; round++) {
    const r = ROTATIONS[round % 8] as number;
    x0 = (x0 + x1) >>> 0;
    x1 = ((x1 << r) | (x1 >>> (32 - r))) >>> 0;
    x1 = (x1 ^ x0) >>> 0;
    if (round % 4 === 3) {
      const s = (round + 1) / 4;
      x0 = (x0 + (ks[s % 3] as number)) >>> 0;
      x1 = (x1 + (ks[(s + 1) % 3] as number) + s) >>> 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
}

/** Folds one part of a purpose into a key: numbers by their 64-bit pattern, strings by their UTF-16 code units. */
function fold(key: Key, part: string | number): Key {
  const out = new Uint32Array(2);
  if (typeof part === 'number') {
    const words = new Uint32Array(new Float64Array([part === 0 ? 0 : part]).buffer);
    threefry(key, words[0] as number, words[1] as number, out);
  } else {
    let k = key;
    for (let i = 0; i < part.length; i++) {
      threefry(k, part.charCodeAt(i), i + 1, out);
      k = [out[0] as number, out[1] as number];
    }
    threefry(k, 0xffffffff, part.length, out);
  }
  return [out[0] as number, out[1] as number];
}

/** The stream of numbers that belongs to `(seed, ...purpose)`, for example `random(1, 'shuffle', epoch)`. */
export function random(seed: number, ...purpose: readonly (string | number)[]): Random {
  return stream(purpose.reduce<Key>(fold, fold([0, 0], seed)));
}

function stream(key: Key): Random {
  const block = new Uint32Array(2);
  let counter = 0;
  let spare: number | undefined;
  const next = () => {
    threefry(key, counter >>> 0, Math.floor(counter / 2 ** 32), block);
    counter++;
  };
  const uniform = () => {
    next();
    return (((block[0] as number) >>> 5) * 67108864 + ((block[1] as number) >>> 6)) / 2 ** 53;
  };
  const int = (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1));
  const permutation = (n: number) => {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = int(0, i);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  };
  return {
    uniform,
    int,
    permutation,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle: items => Array.from(permutation(items.length), i => items[i] as (typeof items)[number]),
    fill(out) {
      for (let i = 0; i < out.length; i += 2) {
        next();
        out[i] = ((block[0] as number) >>> 8) / 2 ** 24;
        if (i + 1 < out.length) out[i + 1] = ((block[1] as number) >>> 8) / 2 ** 24;
      }
      return out;
    },
    split: (...purpose) => stream(purpose.reduce<Key>(fold, key)),
  };
}
