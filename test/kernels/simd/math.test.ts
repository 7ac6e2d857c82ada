import { beforeAll, describe, expect, test } from 'vitest';
import type { Node } from '../../../src/kernels/graph.js';
import { sigmoid, tanh } from '../../../src/kernels/ops/activations.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { normalCdf } from '../../../src/kernels/ops/normal-cdf.js';
import { pow } from '../../../src/kernels/ops/power.js';
import { exp, log, log1p } from '../../../src/kernels/ops/transcendental.js';
import { random } from '../../../src/random.js';
import { compileAssembly } from './compile-assembly.js';

// Each function of four float32 against the op's own definition in float64, on two million float32 from all of them.

const x = input([1, 1]);
const evaluate =
  (node: Node | undefined) =>
  (...operands: number[]): number =>
    node!.op.evaluate!(operands, {});

interface Case {
  readonly truth: (x: number) => number;
  /** What the function's comment states, in distances to the next float32 at the true value. */
  readonly bound: number;
  /** The maximum over every float32, measured once: the sample's is a little below. */
  readonly measured: number;
}

const CASES: Readonly<Record<string, Case>> = {
  exp: { truth: evaluate(exp(x)), bound: 1.1, measured: 1.02 },
  expm1: { truth: Math.expm1, bound: 1.5, measured: 1.33 },
  log: { truth: evaluate(log(x)), bound: 1, measured: 0.9 },
  log1p: { truth: evaluate(log1p(x)), bound: 1.5, measured: 1.44 },
  tanh: { truth: evaluate(tanh(x)), bound: 2.7, measured: 2.61 },
  sigmoid: { truth: evaluate(sigmoid(x)), bound: 2.5, measured: 2.41 },
  normalTwoTails: { truth: evaluate(normalCdf(x).inputs[1]), bound: 5.5, measured: 5.16 },
};

const CHUNK = 1 << 16;
const memory = new WebAssembly.Memory({ initial: 16 });
const [first, second, result] = [1, 5, 9].map(page => new Float32Array(memory.buffer, page << 16, CHUNK)) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
let exports: Record<string, (to: number, from: number, bytes: number, and: number) => void>;

beforeAll(async () => {
  const names = Object.keys(CASES);
  const loop = (name: string, call: string) =>
    `export function ${name}(to: usize, from: usize, bytes: usize, and: usize): void {
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, ${call});
    }`;
  const source = [
    `import { ${[...names, 'pow'].map(name => `${name}4`).join(', ')} } from './math';`,
    ...names.map(name => loop(name, `${name}4(v128.load(from + i))`)),
    loop('pow', 'pow4(v128.load(from + i), v128.load(and + i))'),
  ];
  exports = (await compileAssembly(source.join('\n'), memory)) as unknown as typeof exports;
});

/** What the function makes of a chunk. */
function computed(name: string, values: ArrayLike<number>, others?: ArrayLike<number>): Float32Array {
  first.set(values);
  if (others !== undefined) second.set(others);
  exports[name]!(result.byteOffset, first.byteOffset, (4 * values.length + 15) & ~15, second.byteOffset);
  return result.subarray(0, values.length);
}

const one = (name: string, ...operands: number[]): number =>
  computed(name, [operands[0]!], operands.slice(1))[0] as number;

const rounded = new Float32Array(1);
const bits = new Uint32Array(rounded.buffer);

/** |value − truth| in distances to the next float32; infinite where one is NaN, infinite or of another sign without the other. */
function ulps(value: number, truth: number): number {
  rounded[0] = truth;
  if (Object.is(value, rounded[0])) return Number.isFinite(value) ? Math.abs(value - truth) / ulpOf(bits[0]!) : 0;
  if (Number.isNaN(value) || !Number.isFinite(truth) || Object.is(Math.sign(value), -Math.sign(truth))) return Infinity;
  const bounded = Number.isFinite(value) ? value : Math.sign(value) * 2 ** 128;
  return Math.abs(bounded - truth) / ulpOf(bits[0]!);
}

const ulpOf = (pattern: number): number => 2 ** (Math.min(Math.max((pattern >>> 23) & 255, 1), 254) - 150);

/** Every 4099th float32, all around the powers of 2, where a reduction changes its exponent and where ranges end, and evenly spaced ones. */
function sample(): Float32Array {
  const patterns: number[] = [];
  for (let pattern = 0; pattern < 2 ** 32; pattern += 4099) patterns.push(pattern);
  const around = (value: number, by: number) => {
    for (const signed of [value, -value]) {
      rounded[0] = signed;
      const pattern = bits[0]!;
      for (let d = -by; d <= by; d++) patterns.push((pattern + d) >>> 0);
    }
  };
  for (let k = -149; k <= 128; k++) {
    around(2 ** k, 16);
    around(2 ** k * Math.SQRT1_2, 16);
    around(2 ** k * Math.SQRT2 - 1, 16);
    around((k + 0.5) * Math.LN2, 64);
    around((k + 0.5) * 0.5 * Math.LN2, 64);
    around(Math.sqrt(Math.abs(2 * k + 1) * Math.LN2), 64);
  }
  for (const value of [0, 1, 8.3, 9.01, 10, 15, 16.6, 17.3, 18, 20, 87.3, 88.72, 89, 103.97, 104]) around(value, 1000);
  const spaced: number[] = [];
  for (let i = -200_000; i <= 200_000; i++) spaced.push(i / 200_000, i / 10_000);
  const all = new Float32Array(patterns.length + spaced.length);
  new Uint32Array(all.buffer).set(patterns);
  all.set(spaced, patterns.length);
  return all;
}

describe('accuracy', () => {
  let values: Float32Array;
  beforeAll(() => {
    values = sample();
  });

  test.each(Object.entries(CASES).map(([name, { truth, bound, measured }]) => [name, bound, measured, truth] as const))(
    '%s is within %f ulp of its value in float64 (over all float32 it is %f at most)',
    (name, bound, _, truth) => {
      let [worst, at] = [0, 0];
      for (let from = 0; from < values.length; from += CHUNK) {
        const chunk = values.subarray(from, from + CHUNK);
        const results = computed(name, chunk);
        for (let i = 0; i < chunk.length; i++) {
          const error = ulps(results[i]!, truth(chunk[i]!));
          if (error > worst) [worst, at] = [error, chunk[i]!];
        }
      }
      expect(worst, `${name}(${at}) = ${one(name, at)}, not ${truth(at)}`).toBeLessThanOrEqual(bound);
    },
  );

  test('pow is within 0.51 ulp of the power in float64', () => {
    const draw = random(7, 'powers');
    const between = (low: number, high: number) => low + (high - low) * draw.uniform();
    const any = () => {
      bits[0] = Math.floor(draw.uniform() * 2 ** 32);
      return rounded[0]!;
    };
    const draws: (() => [base: number, exponent: number])[] = [
      () => [any(), any()],
      () => [Math.abs(any()), between(-10, 10)],
      () => [between(0, 4), between(-100, 100)],
      () => [any(), Math.round(between(-9, 9))],
      () => {
        const base = 1 + between(-1, 1) * 10 ** between(-7, -2);
        return [base, between(-100, 90) / Math.log(base)];
      },
    ];
    const power = evaluate(pow(x, x));
    for (const next of draws) {
      const pairs = Array.from({ length: CHUNK }, next);
      const results = computed(
        'pow',
        pairs.map(pair => pair[0]),
        pairs.map(pair => pair[1]),
      );
      let [worst, at] = [0, -1];
      for (let i = 0; i < CHUNK; i++) {
        const error = ulps(results[i]!, power(first[i]!, second[i]!));
        if (error > worst) [worst, at] = [error, i];
      }
      expect(worst, `${first[at]} ** ${second[at]}`).toBeLessThanOrEqual(0.51);
    }
  });
});

describe('special values', () => {
  test('exp, sigmoid and the normal tails are exact at 0, log at 1', () => {
    expect([one('exp', 0), one('exp', -0), one('sigmoid', 0), one('log', 1), one('normalTwoTails', 0)]).toEqual([
      1, 1, 0.5, 0, 1,
    ]);
  });

  test.each(['expm1', 'log1p', 'tanh'])('%s keeps the sign of 0', name => {
    expect(one(name, 0)).toBe(0);
    expect(one(name, -0)).toBe(-0);
  });

  test.each(Object.entries(CASES))('%s of the infinities and NaN is as defined', (name, { truth }) => {
    for (const value of [Infinity, -Infinity, Number.NaN]) expect(one(name, value)).toBe(truth(value));
  });

  test('tanh is odd to the bit', () => {
    const values = Float32Array.from({ length: CHUNK }, (_, i) => (i * 12) / CHUNK);
    const positive = computed('tanh', values).slice();
    const negative = computed(
      'tanh',
      values.map(value => -value),
    );
    expect(negative.map(value => -value)).toEqual(positive);
  });

  test('sigmoid keeps its lower tail down to subnormal numbers', () => {
    expect(one('sigmoid', -80) / Math.exp(-80)).toBeCloseTo(1, 6);
    expect(one('sigmoid', -103)).toBe(Math.fround(Math.exp(-103)));
  });

  test('pow has the special cases of **', () => {
    const numbers = [
      0,
      1e-45,
      1e-40,
      0.5,
      0.99999994,
      1,
      1.0000001,
      1.5,
      2,
      3,
      127,
      128,
      149,
      2 ** 24 - 1,
      2 ** 25,
      Infinity,
    ];
    const operands = Float32Array.from([...numbers, ...numbers.map(number => -number), Number.NaN]);
    for (const base of operands) {
      for (const exponent of operands) {
        const truth = Math.fround(base ** exponent);
        const value = one('pow', base, exponent);
        if (!Object.is(value, truth))
          expect(ulps(value, base ** exponent), `${base} ** ${exponent}`).toBeLessThan(0.51);
      }
    }
  });
});
