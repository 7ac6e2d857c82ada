import { afterAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/kernels/graph.js';
import { add } from '../../../src/kernels/ops/arithmetic.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { withRelaxedSimd } from '../../../src/kernels/simd/relaxed-simd.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { differences, errorOf, runProgram } from './run-program.js';

const opened = [
  { kind: 'fused', threads: 1, device: simdDevice({ threads: 1 }) },
  { kind: 'plain', threads: 1, device: simdDevice({ threads: 1, fused: false }) },
  { kind: 'fused', threads: 2, device: simdDevice({ threads: 2 }) },
  { kind: 'plain', threads: 2, device: simdDevice({ threads: 2, fused: false }) },
  { kind: 'fused', threads: 1, wide: true, device: simdDevice({ threads: 1, wide: true }) },
  { kind: 'fused', threads: 2, wide: true, device: simdDevice({ threads: 2, wide: true }) },
];
afterAll(() => {
  for (const { device } of opened) device.close();
});

const sines = (length: number, from: number) => Float32Array.from({ length }, (_, i) => Math.sin(1.7 * (i + from)));

function product(m: number, k: number, n: number, turned: 'A' | 'B' | 'none'): Graph {
  const [a, b] = [input(turned === 'A' ? [k, m] : [m, k]), input(turned === 'B' ? [n, k] : [k, n])];
  const bias = input([1, n]);
  const out = add(matmul(a, b, { transposeA: turned === 'A', transposeB: turned === 'B' }), bias);
  return { inputs: [a, b, bias], outputs: [out] };
}

describe.each(opened)('$kind products on $threads threads, wide $wide', ({ kind, threads, wide, device }) => {
  it.each([
    [1, 9, 13],
    [16, 64, 10],
    [31, 65, 1],
    [45, 257, 93],
    [256, 300, 260],
  ])('are right at %i × %i × %i in all orientations, the same to the bit on one thread', (m, k, n) => {
    const alone = opened.find(other => other.kind === kind && other.threads === 1)!.device;
    for (const turned of ['none', 'A', 'B'] as const) {
      const graph = product(m, k, n, turned);
      const values = [sines(m * k, 0), sines(k * n, 1), sines(n, 2)];
      const results = runProgram(device, graph, values);
      expect(errorOf(graph, values, results)).toBeLessThan(1e-5);
      if (threads > 1 || wide) expect(differences(results, runProgram(alone, graph, values))).toEqual([]);
    }
  });
});

it('a fused product is rounded once where the processor can, and a plain one twice', () => {
  const [a, b, bias] = [1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11];
  const of = (fused: boolean) => {
    const device = simdDevice({ threads: 1, fused });
    const [value] = runProgram(device, product(2, 1, 2, 'none'), [
      [a, a],
      [b, b],
      [bias, bias],
    ])[0]!;
    device.close();
    return value;
  };
  expect(of(false)).toBe(0);
  expect([0, 2 ** -24]).toContain(of(true));
});

it('the engine is left as it was found: relaxed SIMD is no more allowed after the kernels are compiled than before', () => {
  // An empty function with a local v128 and one instruction of relaxed SIMD, as bytes.
  const zeros = [0xfd, 12, ...new Array<number>(16).fill(0)];
  const body = [0, ...zeros, ...zeros, ...zeros, 0xfd, 0x85, 2, 0x1a, 0x0b];
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
  const allowed = () => WebAssembly.validate(Uint8Array.from([...head, 10, body.length + 2, 1, body.length, ...body]));
  const before = allowed();
  expect(() =>
    withRelaxedSimd(() => {
      throw new Error('no memory');
    }),
  ).not.toThrow();
  expect(withRelaxedSimd(() => 7)).toBeOneOf([7, undefined]);
  expect(allowed()).toBe(before);
});
