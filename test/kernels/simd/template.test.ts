import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Graph, Node, Shape } from '../../../src/kernels/graph.js';
import { leakyRelu, tanh } from '../../../src/kernels/ops/activations.js';
import { add, mul } from '../../../src/kernels/ops/arithmetic.js';
import { constant, input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { pick } from '../../../src/kernels/ops/pick.js';
import { simplified } from '../../../src/kernels/plan.js';
import { withOwnOps } from '../../../src/kernels/simd/own-ops.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { structureOf } from '../../../src/kernels/simd/structure.js';
import { randomGraphOf } from '../random-graph.js';
import { differences, errorOf, runProgram } from './run-program.js';

const keyOf = ({ inputs, outputs }: Graph) => structureOf(simplified({ inputs, outputs: withOwnOps(outputs) })).key;

const one = simdDevice({ threads: 1 });
afterAll(() => one.close());

describe('a program of a known structure, with other sides, gives to the bit what it gives on a device that knows none', () => {
  const shapes: readonly Shape[] = [
    [3, 4],
    [7, 40],
    [40, 7],
    [5, 5],
    [33, 513],
    [2, 1],
    [1, 9],
  ];
  const samples = (shape: Shape) => fc.sample(randomGraphOf(shape), { numRuns: 25, seed: 7 });
  // The same graphs at every shape.
  const known = new Set<string>();
  for (const { graph, values } of samples([4, 6])) {
    runProgram(one, graph, values);
    known.add(keyOf(graph));
  }

  it.each(shapes.map(shape => ({ shape })))('at $shape', ({ shape }) => {
    let repeated = 0;
    for (const { graph, values } of samples(shape)) {
      if (known.has(keyOf(graph))) repeated++;
      const fresh = simdDevice({ threads: 1 });
      const expected = runProgram(fresh, graph, values);
      fresh.close();
      expect(differences(runProgram(one, graph, values), expected)).toEqual([]);
    }
    // Equal sides, and sides of 1, are another structure.
    if (shape[0] !== shape[1] && Math.min(...shape) > 1) expect(repeated).toBeGreaterThan(12);
  });
});

describe('the structure of a graph', () => {
  const x = input([6, 5]);
  const keyWith = (output: Node) => keyOf({ inputs: [x], outputs: [output] });

  it('does not depend on the values of constants, but for those that are equal, 0 or 1', () => {
    const scaled = (a: number, b: number) => keyWith(add(mul(x, a), tanh(mul(x, b))));
    expect(scaled(0.5, 3)).toBe(scaled(7, 0.25));
    expect(scaled(0.5, 0.5)).not.toBe(scaled(7, 0.25));
    const added = (value: number) => keyWith(mul(constant(value, x.shape), tanh(x)));
    expect(added(2)).toBe(added(3));
    expect(new Set([2, 0, 1, -0].map(added)).size).toBe(4);
  });

  it('knows a slope that equals a constant', () => {
    const key = (slope: number, factor: number) => keyWith(mul(leakyRelu(x, slope), factor));
    expect(key(0.1, 0.3)).toBe(key(0.2, 0.4));
    expect(key(0.3, 0.3)).not.toBe(key(0.2, 0.4));
  });

  it('knows which element is picked', () => {
    const y = input([9, 4]);
    const key = (of: Node, row: number, column: number) =>
      keyOf({ inputs: [of], outputs: [mul(of, pick(of, row, column))] });
    expect(key(x, 0, 2)).toBe(key(y, 0, 2));
    expect(key(x, 1, 2)).not.toBe(key(y, 1, 2));
    expect(key(x, 1, 2)).not.toBe(key(x, 2, 1));
  });

  it('knows which sides are equal', () => {
    const product = (k: number, n: number, m: number) => {
      const [a, b] = [input([m, k]), input([k, n])];
      return keyOf({ inputs: [a, b], outputs: [matmul(a, b)] });
    };
    expect(product(3, 4, 5)).toBe(product(9, 2, 70));
    expect(product(3, 4, 4)).not.toBe(product(9, 2, 70));
    expect(product(3, 1, 5)).not.toBe(product(9, 2, 70));
  });
});

it('constants of a known structure are those of the graph, in memory too', () => {
  const graphWith = (rows: number, factor: number, filled: number): Graph => {
    const x = input([rows, 3]);
    return { inputs: [x], outputs: [matmul(x, constant(filled, [3, 4])), mul(leakyRelu(x, factor / 8), factor)] };
  };
  for (const [rows, factor, filled] of [
    [4, 0.5, 2.5],
    [9, 3, -1.5],
    [6, 0.25, 8],
  ] as const) {
    const values = [Array.from({ length: 3 * rows }, (_, i) => Math.sin(i))];
    const graph = graphWith(rows, factor, filled);
    expect(errorOf(graph, values, runProgram(one, graph, values))).toBeLessThan(1e-6);
  }
});
