// GFLOP/s of the kernels' matrix products by shape and orientation, beside the plain prototype in the same run.
//
//   node test/bench/matmul-table.js [seconds a shape]

import { fileURLToPath } from 'node:url';
import { compileAssembly } from './compile-assembly.js';
import { bestGflops, openProduct } from './matmul-prototype.js';
import { textTable } from './table.js';

const ORIENTATIONS = ['A·B', 'Aᵀ·B', 'A·Bᵀ'];
const folder = new URL('../../src/kernels/simd/assembly/', import.meta.url);
// A loop in WebAssembly, as the device calls its kernels there.
const source = `
import { matmul } from './matmul';
export { PACK_BYTES } from './matmul';
export function repeat(
  times: i32, orientation: i32, m: i32, n: i32, k: i32, a: usize, b: usize, out: usize, pack: usize
): void {
  for (let i = 0; i < times; i++) matmul(orientation, m, n, k, a, b, 0, out, 0, m, 0, n, pack);
}`;

const square = [128, 256, 512, 1024].flatMap(side => [0, 1, 2].map(orientation => [orientation, side, side, side]));
/** orientation, m, n, k of out [m, n] */
const SHAPES = [
  ...square,
  ...[
    [0, 16, 256, 256],
    [1, 256, 256, 16],
    [2, 16, 256, 256],
    [0, 256, 256, 16],
    [1, 256, 16, 256],
    [2, 256, 256, 16],
  ],
  ...[
    [0, 32, 128, 784],
    [1, 784, 128, 32],
    [0, 128, 512, 784],
    [1, 784, 512, 128],
    [2, 128, 784, 512],
  ],
  ...[
    [0, 32, 10, 128],
    [1, 128, 10, 32],
    [2, 32, 128, 10],
    [0, 128, 10, 512],
    [1, 512, 10, 128],
    [2, 128, 512, 10],
  ],
  ...[
    [0, 32, 128, 64],
    [0, 32, 64, 128],
    [0, 127, 33, 65],
    [0, 1, 256, 256],
    [2, 1, 256, 256],
    [0, 256, 1, 256],
  ],
  ...[
    [0, 16, 16, 4],
    [0, 16, 3, 16],
    [2, 16, 16, 3],
    [1, 16, 3, 16],
    [1, 4, 16, 16],
  ],
];

/** A table `{ title, columns, rows }` of SHAPES: best GFLOP/s of many short rounds of rxnn's kernel, and their ratio to the prototype's best at 256², the two taking turns. */
export async function matmulTable({ seconds = 0.5, shapes = SHAPES } = {}) {
  const module = await compileAssembly(source, folder);
  const values = Float32Array.from({ length: 256 * 256 }, (_, i) => Math.sin(i));
  const plain = await openProduct({ m: 256, n: 256, k: 256, orientation: 'A·B' }, values, values);
  const prototype = { multiply: plain.multiply, flops: 2 * 256 ** 3 };
  const speeds = [];
  for (const shape of shapes) speeds.push(bestGflops([await openKernel(module, ...shape), prototype], seconds));
  const its = Math.max(...speeds.map(([, speed]) => speed));
  const rows = shapes.map(([orientation, m, n, k], i) => {
    const [ours] = speeds[i];
    const microseconds = (2 * m * n * k) / ours / 1000;
    const name = `${ORIENTATIONS[orientation]} ${m}×${k}·${k}×${n}`;
    return [name, ours.toFixed(1), (ours / its).toFixed(2), microseconds.toFixed(2)];
  });
  const columns = ['product', 'GFLOP/s', 'of the prototype', 'µs'];
  return {
    title: `Matrix products on one thread; the plain prototype at 256²: ${its.toFixed(1)} GFLOP/s`,
    columns,
    rows,
  };
}

async function openKernel(module, orientation, m, n, k) {
  const a = 65_536;
  const place = (from, numbers) => (from + 4 * numbers + 127) & ~63;
  const b = place(a, m * k);
  const out = place(b, k * n);
  const pack = place(out, m * n);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((pack + 2 ** 20) / 65_536) });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const floats = new Float32Array(memory.buffer);
  for (let i = a / 4; i < out / 4; i++) floats[i] = Math.sin(i);
  const times = Math.max(1, Math.round(1e5 / (2 * m * n * k)));
  return {
    multiply: () => exports.repeat(times, orientation, m, n, k, a, b, out, pack),
    flops: 2 * m * n * k * times,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const seconds = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
  console.log(textTable(await matmulTable({ seconds })).join('\n'));
}
