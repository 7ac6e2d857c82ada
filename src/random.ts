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

/** One Threefry-2x32-20 block; `out` receives two 32-bit words. */
export function threefry(key: Key, c0: number, c1: number, out: Uint32Array): void {
  // Rotations by constants, in 32-bit integers: a shuffle draws a block for every row of every epoch.
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  let k2 = 0x1bd11bda ^ k0 ^ k1;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let s = 1; ; s += 2) {
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + s) | 0;
    if (s === 5) break;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + s + 1) | 0;
    // The injections go round the three key words; after two of them each has the place of the one before.
    const last = k2;
    k2 = k1;
    k1 = k0;
    k0 = last;
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
  return new Stream(purpose.reduce<Key>(fold, fold([0, 0], seed)));
}

/** A class, as closures of a stream's own would be optimized anew for every stream. */
class Stream implements Random {
  private readonly block = new Uint32Array(2);
  private counter = 0;
  private spare: number | undefined;

  constructor(private readonly key: Key) {}

  uniform(): number {
    const { block } = this;
    this.next();
    return (((block[0] as number) >>> 5) * 67108864 + ((block[1] as number) >>> 6)) / 2 ** 53;
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(0, i);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }

  normal(): number {
    const { spare } = this;
    if (spare !== undefined) {
      this.spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  shuffle<T>(items: readonly T[]): T[] {
    return Array.from(this.permutation(items.length), i => items[i] as T);
  }

  fill(out: Float32Array): Float32Array {
    const { block } = this;
    for (let i = 0; i < out.length; i += 2) {
      this.next();
      out[i] = ((block[0] as number) >>> 8) / 2 ** 24;
      if (i + 1 < out.length) out[i + 1] = ((block[1] as number) >>> 8) / 2 ** 24;
    }
    return out;
  }

  split(...purpose: readonly (string | number)[]): Random {
    return new Stream(purpose.reduce<Key>(fold, this.key));
  }

  /** Its first `n` numbers, if it has drawn none yet and they are kept; then it is as if it had drawn them. */
  beginning(of: Kind, n: number): Float64Array | undefined {
    if (this.counter > 0) return undefined;
    // Normal numbers come in pairs.
    const count = of === 'normal' ? n + (n % 2) : n;
    const numbers = beginningOf(of, this.key, count);
    if (numbers === undefined) return undefined;
    this.counter = count;
    if (count > n) this.spare = numbers[n];
    return numbers.subarray(0, n);
  }

  private next(): void {
    threefry(this.key, this.counter >>> 0, Math.floor(this.counter / 2 ** 32), this.block);
    this.counter++;
  }
}

/** The next `n` numbers of `uniform`, in an array that is not to be written to, as others are given it too. */
export const uniforms = (random: Random, n: number): Float64Array => manyOf('uniform', random, n);

/** The next `n` numbers of `normal`, likewise. */
export const normals = (random: Random, n: number): Float64Array => manyOf('normal', random, n);

function manyOf(of: Kind, random: Random, n: number): Float64Array {
  const kept = random instanceof Stream ? random.beginning(of, n) : undefined;
  return kept ?? drawn(of, random, new Float64Array(n), 0);
}

type Kind = 'uniform' | 'normal';

/** Numbers that are kept at most, 4 MB: those that the layers of a network of 256 units begin with. */
const MOST = 1 << 19;

/** Fewer are drawn as soon as looked up. */
const FEWEST = 256;

/** How streams that were asked for many numbers at once begin, with a stream that is behind these. */
const beginnings = new Map<string, { readonly stream: Stream; values: Float64Array }>();
let kept = 0;

/**
 * At least the first `n` numbers of a stream; undefined if these are too few or too many to keep. The networks of a study start from
 * one seed, so their layers begin with the same numbers, of which drawing takes longer than a small network's first epoch.
 */
function beginningOf(of: Kind, key: Key, n: number): Float64Array | undefined {
  if (!(n >= FEWEST && n <= MOST / 4)) return undefined;
  const name = `${of} ${key[0]} ${key[1]}`;
  let beginning = beginnings.get(name);
  if (beginning !== undefined && beginning.values.length >= n) return beginning.values;
  if (kept + n > MOST) {
    beginnings.clear();
    kept = 0;
    beginning = undefined;
  }
  beginning ??= { stream: new Stream(key), values: new Float64Array(0) };
  const { stream, values } = beginning;
  const longer = new Float64Array(n);
  longer.set(values);
  beginning.values = drawn(of, stream, longer, values.length);
  beginnings.set(name, beginning);
  kept += n - values.length;
  return longer;
}

/** `out`, filled from a place on. A loop of its own for each: it is optimized once, for all streams. */
function drawn(of: Kind, random: Random, out: Float64Array, from: number): Float64Array {
  if (of === 'uniform') for (let i = from; i < out.length; i++) out[i] = random.uniform();
  else for (let i = from; i < out.length; i++) out[i] = random.normal();
  return out;
}
