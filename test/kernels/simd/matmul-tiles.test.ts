import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../../../src/kernels/simd/kernels.js';
import { random } from '../../../src/random.js';

// The kernels as they are shipped, with products and sums in one instruction where the engine has it, and without.

interface Shape {
  readonly orientation: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bias: boolean;
}

type Range = readonly [fromRow: number, toRow: number, fromColumn: number, toColumn: number];

const MOST = 1 << 20;
const draw = random(4, 'tiles');
const noise = Float32Array.from({ length: MOST }, () => 2 * draw.uniform() - 1);

function open(fused: boolean, wide = false) {
  const { kernels, memory } = instantiate({ shared: false, fused, wide });
  memory.grow(400);
  const { matmul } = kernels as unknown as { matmul(...args: number[]): void };
  const floats = new Float32Array(memory.buffer);
  const first = Math.ceil(kernels.heapBase() / 64) * 16;
  return (shape: Shape, ranges: readonly Range[]) => {
    const { orientation, m, n, k, bias } = shape;
    const places: number[] = [];
    let end = first;
    for (const size of [m * k, k * n, n, m * n, kernels.packBytes() / 4]) {
      places.push(end);
      end = (end + size + 47) & ~15;
    }
    const [a, b, row, out, pack] = places as [number, number, number, number, number];
    floats.fill(Number.NaN, first, end);
    floats.set(noise.subarray(0, m * k), a);
    floats.set(noise.subarray(m * k, m * k + k * n), b);
    floats.set(noise.subarray(7, 7 + n), row);
    for (const range of ranges) {
      matmul(orientation, m, n, k, 4 * a, 4 * b, bias ? 4 * row : 0, 4 * out, ...range, 4 * pack);
    }
    const before = floats.subarray(out - 16, out);
    const after = floats.subarray(out + m * n, out + m * n + 16);
    if (![...before, ...after].every(Number.isNaN)) throw new Error('the product wrote past its place');
    return floats.slice(out, out + m * n);
  };
}

/** The largest difference to the same product in float64. */
function errorOf({ orientation, m, n, k, bias }: Shape, product: Float32Array): number {
  let error = 0;
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) {
      let sum = bias ? noise[7 + c]! : 0;
      for (let i = 0; i < k; i++) {
        const x = noise[orientation === 1 ? i * m + r : r * k + i]!;
        sum += x * noise[m * k + (orientation === 2 ? c * k + i : i * n + c)]!;
      }
      error = Math.max(error, Math.abs(product[r * n + c]! - sum));
    }
  }
  return error;
}

const shapes = (k: fc.Arbitrary<number>, side: number) =>
  fc.record({
    orientation: fc.integer({ min: 0, max: 2 }),
    m: fc.integer({ min: 1, max: side }),
    n: fc.integer({ min: 1, max: side }),
    k,
    bias: fc.boolean(),
  });

describe.each([
  ['fused', true, false],
  ['fused, in wide tiles', true, true],
  ['plain', false, false],
])('products, %s', (_, fused, wide) => {
  const multiply = open(fused, wide);
  const whole = (shape: Shape) => multiply(shape, [[0, shape.m, 0, shape.n]]);

  test('are right for any number of rows, columns and steps', () => {
    fc.assert(
      fc.property(shapes(fc.integer({ min: 1, max: 70 }), 50), shape => {
        // Sums of at most 70 products below 1, each rounded.
        expect(errorOf(shape, whole(shape))).toBeLessThan(2e-5);
      }),
      { numRuns: 300 },
    );
  });

  test('of long sums are right, by stretches', () => {
    fc.assert(
      fc.property(shapes(fc.integer({ min: 2040, max: 5000 }), 20), shape => {
        // A sum of 2048 products wanders to some 20, rounded at every step: 3e-5 is usual, and ten times that is never seen.
        expect(errorOf(shape, whole(shape))).toBeLessThan(3e-4);
      }),
      { numRuns: 30 },
    );
  });

  test('are the same to the bit whatever the ranges they are made in', () => {
    const cut = (size: number, at: number) => Math.min(size, Math.floor(at * (size + 1)));
    fc.assert(
      fc.property(
        shapes(fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 2040, max: 3100 })), 40),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shape, atRow, atColumn) => {
          const { m, n } = shape;
          const [row, column] = [cut(m, atRow), cut(n, atColumn)];
          const parts: Range[] = [
            [0, row, 0, column],
            [row, m, 0, column],
            [0, row, column, n],
            [row, m, column, n],
          ];
          expect(multiply(shape, parts)).toEqual(whole(shape));
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('are the same to the bit in wide tiles as in others', () => {
  const [wide, usual] = [open(true, true), open(true)];
  fc.assert(
    fc.property(shapes(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2040, max: 2100 })), 60), shape => {
      const all: Range[] = [[0, shape.m, 0, shape.n]];
      expect(wide(shape, all)).toEqual(usual(shape, all));
    }),
    { numRuns: 200 },
  );
});

test('a sum of a million terms keeps its digits', () => {
  const { kernels, memory } = instantiate({ shared: false });
  memory.grow(600);
  const { matmul } = kernels as unknown as { matmul(...args: number[]): void };
  const floats = new Float32Array(memory.buffer);
  const a = Math.ceil(kernels.heapBase() / 64) * 16;
  const k = 1_000_000;
  for (const [orientation, m, n] of [
    [0, 1, 1],
    [0, 1, 2],
    [1, 2, 2],
    [2, 6, 2],
  ] as const) {
    const b = (a + m * k + 47) & ~15;
    const out = (b + n * k + 47) & ~15;
    const pack = out + 64;
    // All rows of A are equal, however they lie, so all sums are.
    for (let i = 0; i < k; i++) {
      const x = 1 + noise[i]! / 2;
      for (let r = 0; r < m; r++) floats[a + (orientation === 1 ? i * m + r : r * k + i)] = x;
    }
    floats.fill(1, b, b + n * k);
    matmul(orientation, m, n, k, 4 * a, 4 * b, 0, 4 * out, 0, m, 0, n, 4 * pack);
    let expected = 0;
    for (let i = 0; i < k; i++) expected += Math.fround(1 + noise[i]! / 2);
    for (let i = 0; i < m * n; i++) expect(Math.abs(floats[out + i]! / expected - 1)).toBeLessThan(2e-6);
  }
});
