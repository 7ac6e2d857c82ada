// What a plain tile of WebAssembly SIMD reaches on this machine: the measure of the kernels' matrix products.
import { compileAssembly } from './compile-assembly.js';

// Four rows and eight columns of sums, A read by splats, nothing packed, nothing blocked; rows in fours, columns in eights.
const ROWS = 4;
const COLUMNS = 8;
const each = (many, write) => Array.from({ length: many }, (_, i) => write(i)).join('\n');
const source = `
export function multiply(
  m: i32, n: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, out: usize
): void {
  const row = <usize>n << 2;
  for (let r = 0; r < m; r += ${ROWS}) {
    for (let c: usize = 0; c < row; c += ${COLUMNS * 4}) {
      ${each(ROWS, i => `let a${i} = a + aRow * ${i}; let c${i}0 = f32x4.splat(0); let c${i}1 = f32x4.splat(0);`)}
      let at = b + c;
      for (let i = 0; i < k; i++) {
        const b0 = v128.load(at);
        const b1 = v128.load(at, 16);
        ${each(ROWS, i => `const x${i} = v128.load32_splat(a${i});`)}
        ${each(ROWS, i => `c${i}0 = f32x4.add(c${i}0, f32x4.mul(x${i}, b0)); c${i}1 = f32x4.add(c${i}1, f32x4.mul(x${i}, b1));`)}
        at += row;
        ${each(ROWS, i => `a${i} += aStep;`)}
      }
      const to = out + c;
      ${each(ROWS, i => `v128.store(to + row * ${i}, c${i}0); v128.store(to + row * ${i}, c${i}1, 16);`)}
    }
    a += aRow * ${ROWS};
    out += row * ${ROWS};
  }
}`;

const FIRST = 1024;
let compiled;

/**
 * One product of the prototype, a and b (Float32Arrays as they lie in memory) once copied into its memory:
 * `{ multiply(), result() }`; undefined where it has no tile for the shape (rows not in fours, columns not in eights, A·Bᵀ).
 */
export async function openProduct({ m, n, k, orientation }, a, b) {
  if (m % ROWS !== 0 || n % COLUMNS !== 0 || orientation === 'A·Bᵀ') return undefined;
  compiled ??= compileAssembly(source);
  const places = [FIRST, FIRST + 4 * m * k, FIRST + 4 * (m * k + k * n)];
  const memory = new WebAssembly.Memory({ initial: Math.ceil((places[2] + 4 * m * n) / 65_536) });
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory } });
  new Float32Array(memory.buffer, places[0], m * k).set(a);
  new Float32Array(memory.buffer, places[1], k * n).set(b);
  const strides = orientation === 'Aᵀ·B' ? [4, 4 * m] : [4 * k, 4];
  return {
    multiply: () => exports.multiply(m, n, k, places[0], ...strides, places[1], places[2]),
    result: () => new Float32Array(memory.buffer, places[2], m * n).slice(),
  };
}

/** GFLOP/s (2·side³ a product) of the prototype on square matrices: the best of short rounds within `seconds`. */
export async function prototypeGflops(side, { seconds = 0.5 } = {}) {
  const values = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
  const { multiply } = await openProduct({ m: side, n: side, k: side, orientation: 'A·B' }, values, values);
  return bestGflops([{ multiply, flops: 2 * side ** 3 }], seconds)[0];
}

/** GFLOP/s of each product's best round of about 1 ms (short, so that some rounds are undisturbed), the products taking turns for `seconds`. */
export function bestGflops(products, seconds) {
  const times = products.map(({ multiply, flops }) => {
    for (let i = 0; i < 200 && i * flops < 3e8; i++) multiply();
    return Math.max(1, Math.round(4e7 / flops));
  });
  const best = products.map(() => 0);
  const end = performance.now() + seconds * 1000;
  do {
    products.forEach(({ multiply, flops }, which) => {
      const start = performance.now();
      for (let i = 0; i < times[which]; i++) multiply();
      best[which] = Math.max(best[which], (times[which] * flops) / (performance.now() - start) / 1e6);
    });
  } while (performance.now() < end);
  return best;
}
