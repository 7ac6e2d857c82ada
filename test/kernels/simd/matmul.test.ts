import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../../src/random.js';
import { compileAssembly } from './compile-assembly.js';

// The kernel alone, against products in float64 of the same float32 numbers.

interface Kernel {
  matmul(...args: number[]): void;
  PACK_BYTES: WebAssembly.Global<'i32'>;
}

interface Shape {
  orientation: number;
  m: number;
  n: number;
  k: number;
  bias?: boolean;
}

type Range = [fromRow: number, toRow: number, fromColumn: number, toColumn: number];

const ORIENTATIONS = [
  [0, 'A·B'],
  [1, 'Aᵀ·B'],
  [2, 'A·Bᵀ'],
] as const;
const CANARY = 777;
/** Of the largest value of a product: k float32 additions, k up to 1025. */
const TOLERANCE = 1e-5;

const memory = new WebAssembly.Memory({ initial: 512 });
const floats = new Float32Array(memory.buffer);
const words = new Uint32Array(memory.buffer);
const draw = random(1, 'products');
const noise = Float32Array.from({ length: 1 << 20 }, () => 2 * draw.uniform() - 1);
let kernel: Kernel;

beforeAll(async () => {
  const exports = await compileAssembly(`export { matmul, PACK_BYTES } from './matmul'`, memory);
  kernel = exports as unknown as Kernel;
});

/** Float indices of the operands: NaN fills what lies between them, canaries stand around out and past the scratch. */
function layout({ m, n, k }: Shape) {
  const after = (from: number, size: number) => (from + size + 35) & ~15;
  const a = 16_384;
  const b = after(a, m * k);
  const bias = after(b, k * n);
  const out = after(bias, n);
  const pack = after(out, m * n);
  return { a, b, bias, out, pack, end: pack + kernel.PACK_BYTES.value / 4 };
}

/** Lays out a product of noise; `spoil` may put other numbers into a and b. */
function prepare(shape: Shape, spoil?: (a: Float32Array, b: Float32Array) => void) {
  const { m, n, k } = shape;
  const at = layout(shape);
  floats.fill(NaN, at.a - 16, at.out - 16);
  floats.set(noise.subarray(0, m * k), at.a);
  floats.set(noise.subarray(m * k, m * k + k * n), at.b);
  if (shape.bias) floats.set(noise.subarray(5, 5 + n), at.bias);
  floats.fill(CANARY, at.out - 16, at.out + m * n + 16);
  floats.fill(NaN, at.pack, at.end);
  floats.fill(CANARY, at.end, at.end + 16);
  spoil?.(floats.subarray(at.a, at.a + m * k), floats.subarray(at.b, at.b + k * n));
  return at;
}

function run(shape: Shape, at: ReturnType<typeof layout>, range: Range = [0, shape.m, 0, shape.n]) {
  const bias = shape.bias ? 4 * at.bias : 0;
  kernel.matmul(
    shape.orientation,
    shape.m,
    shape.n,
    shape.k,
    4 * at.a,
    4 * at.b,
    bias,
    4 * at.out,
    ...range,
    4 * at.pack,
  );
}

/** The product in float64, and what is wrong with the kernel's: empty if nothing is. */
function problems(shape: Shape, spoil?: (a: Float32Array, b: Float32Array) => void): string[] {
  const { orientation, m, n, k } = shape;
  const at = prepare(shape, spoil);
  run(shape, at);
  const found: string[] = [];
  let largest = 0;
  let error = 0;
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) {
      let sum = shape.bias ? floats[at.bias + c]! : 0;
      for (let i = 0; i < k; i++) {
        const x = floats[at.a + (orientation === 1 ? i * m + r : r * k + i)]!;
        const y = floats[at.b + (orientation === 2 ? c * k + i : i * n + c)]!;
        sum += x * y;
      }
      const got = floats[at.out + r * n + c]!;
      if (!Number.isFinite(sum) || !Number.isFinite(got)) {
        if (!Object.is(sum, got)) found.push(`row ${r}, column ${c} is ${got}, not ${sum}`);
        continue;
      }
      largest = Math.max(largest, Math.abs(sum));
      error = Math.max(error, Math.abs(got - sum));
    }
  }
  if (error > TOLERANCE * largest) found.push(`error ${error} where the largest value is ${largest}`);
  for (let i = 0; i < 16; i++) {
    for (const place of [at.out - 1 - i, at.out + m * n + i, at.end + i]) {
      if (floats[place] !== CANARY) found.push(`${place} was written`);
    }
  }
  return found.map(problem => `${JSON.stringify(shape)}: ${problem}`);
}

const EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 20];
const LARGER = [
  [127, 65, 33],
  [33, 127, 1025],
  [64, 10, 784],
  [32, 128, 784],
  [784, 128, 32],
  [128, 10, 10],
  [300, 17, 513],
  [1, 300, 257],
  [3, 50, 300],
  [50, 1, 1025],
  [130, 530, 261],
  [70, 260, 600],
] as const;

describe.each(ORIENTATIONS)('orientation %i, %s', orientation => {
  test('is the product in float64 within 1e-5 of its largest value and writes nothing else, at every small shape', () => {
    const found = [];
    for (const m of EDGES)
      for (const n of EDGES)
        for (const k of EDGES)
          found.push(...problems({ orientation, m, n, k }), ...problems({ orientation, m, n, k, bias: true }));
    expect(found).toEqual([]);
  });

  test.each(LARGER)('is so at %i×%i with inner dimension %i, with and without bias', (m, n, k) => {
    expect(problems({ orientation, m, n, k })).toEqual([]);
    expect(problems({ orientation, m, n, k, bias: true })).toEqual([]);
  });

  test('is the same to the bit however the product is divided', () => {
    for (const [m, n, k] of [
      [37, 53, 29],
      [3, 70, 90],
      [90, 1, 70],
      [100, 3, 9],
      [130, 150, 600],
    ] as const) {
      for (const bias of [false, true]) {
        const shape = { orientation, m, n, k, bias };
        const at = prepare(shape);
        run(shape, at);
        const whole = words.slice(at.out, at.out + m * n);
        for (const [rows, columns] of [
          [16, n],
          [m, 16],
          [32, 48],
          [7, n],
          [m, 5],
        ] as const) {
          prepare(shape);
          for (let r = 0; r < m; r += rows)
            for (let c = 0; c < n; c += columns)
              run(shape, at, [r, Math.min(r + rows, m), c, Math.min(c + columns, n)]);
          expect(words.slice(at.out, at.out + m * n), JSON.stringify(shape)).toEqual(whole);
        }
      }
    }
  });

  test('writes only the range that it is asked for', () => {
    for (const [m, n, k] of [
      [21, 37, 19],
      [70, 90, 300],
      [2, 40, 9],
      [40, 1, 9],
    ] as const) {
      const shape = { orientation, m, n, k };
      const at = prepare(shape);
      const range: Range = [m >> 2, m - 1, n >> 2, Math.max(1, n - 1)];
      run(shape, at, range);
      for (let r = 0; r < m; r++)
        for (let c = 0; c < n; c++) {
          const inside = r >= range[0] && r < range[1] && c >= range[2] && c < range[3];
          expect(floats[at.out + r * n + c] !== CANARY, `${JSON.stringify(shape)} ${r} ${c}`).toBe(inside);
        }
    }
  });

  test('NaN and Infinity reach the elements that they must and no others', () => {
    for (const [m, n, k] of [
      [5, 3, 6],
      [9, 10, 16],
      [33, 22, 9],
      [70, 40, 300],
      [2, 9, 70],
      [9, 1, 70],
    ] as const) {
      const found = problems({ orientation, m, n, k, bias: true }, (a, b) => {
        a[a.length - 1] = NaN;
        a[0] = Infinity;
        b[b.length - 1] = -Infinity;
      });
      expect(found).toEqual([]);
    }
  });
});
