import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceError } from '../../../src/errors.js';
import { differentiate } from '../../../src/kernels/autodiff.js';
import type { Device } from '../../../src/kernels/device.js';
import { apply, type Graph, type Node } from '../../../src/kernels/graph.js';
import { add, div, mul, square, sub } from '../../../src/kernels/ops/arithmetic.js';
import { greater, select } from '../../../src/kernels/ops/comparison.js';
import { elementwise } from '../../../src/kernels/ops/elementwise.js';
import { gather } from '../../../src/kernels/ops/gather.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { mean, sum } from '../../../src/kernels/ops/reduce.js';
import { logSoftmax, softmax } from '../../../src/kernels/ops/softmax.js';
import { sqrt } from '../../../src/kernels/ops/transcendental.js';
import { inOrder } from '../../../src/kernels/order.js';
import { CODES } from '../../../src/kernels/simd/codes.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { elementwiseNodes } from '../elementwise-nodes.js';
import { evaluate, evaluateNode } from '../reference.js';
import { differences, runProgram } from './run-program.js';

let device: Device;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
});
afterAll(() => device.close());

/** Not numbers, infinite, the least and the largest of all kinds, and where functions change. */
const SPECIAL = [
  0,
  1e-45,
  1e-40,
  1.17549435e-38,
  1.2e-38,
  1e-20,
  1e-7,
  0.3,
  0.5,
  1,
  1.5,
  2,
  3,
  17,
  88,
  88.8,
  104,
  16_777_216,
  1e19,
  2e19,
  3.4028235e38,
  Number.POSITIVE_INFINITY,
].flatMap(value => [value, -value]);
SPECIAL.push(Number.NaN);

/** Where float32 values are not those of float64, rounded; both zeros are one. */
function faults(graph: Graph, fed: readonly Float32Array[], tolerance: number, absolute: number): string[] {
  const outputs = runProgram(device, graph, fed);
  const expected = evaluate(graph, fed);
  return outputs.flatMap((output, o) =>
    [...output].flatMap((got, i) => {
      const exact = expected[o]![i]!;
      const wanted = Math.fround(exact);
      if (got === wanted || (Number.isNaN(got) && Number.isNaN(wanted))) return [];
      if (Math.abs(got - exact) <= tolerance * Math.abs(exact) + absolute) return [];
      return [`output ${o} is ${got} for ${wanted} of ${fed.map(values => values[i])} at ${i}`];
    }),
  );
}

describe('element-wise ops of simd at special values:', () => {
  // What consists of several ops on this device is tested as a whole.
  const nodes = [...elementwiseNodes()].filter(([, { op }]) => op.name in CODES || op.name === 'expand');

  it('all of them', () => {
    expect(new Set(nodes.map(([, { op }]) => op.name))).toEqual(new Set([...Object.keys(CODES), 'expand']));
  });

  it.each(nodes)('%s', (_, { op, attributes, inputs: operands }) => {
    if (op.name === 'expand') return;
    // All combinations, in a row and as numbers of their own.
    const tuples = operands.reduce<number[][]>(all => all.flatMap(some => SPECIAL.map(x => [...some, x])), [[]]);
    const fitting = tuples.filter(([x, tail]) => isTail(op.name, x!, tail!));
    // Of three operands not all, but every pair.
    const chosen = operands.length < 3 ? fitting : fitting.filter((_, i) => i % 7 === 0);
    const fed = operands.map((_, i) => Float32Array.from(chosen, tuple => tuple[i]!));
    const inputs = operands.map(() => input([1, chosen.length]));
    // Six units in the last place, the largest error of any of the functions, and two of the least float32.
    const graph = { inputs, outputs: [apply(op, inputs, attributes)] };
    expect(faults(graph, fed, 6 * 2 ** -23, 3e-45)).toEqual([]);
  });
});

describe('ops that simd does at once are the separate ones, each rounded, at special values:', () => {
  const formulas: Readonly<Record<string, (a: Node, b: Node, c: Node, d: Node) => Node>> = {
    'a · b + c': (a, b, c) => add(mul(a, b), c),
    'c + a · b': (a, b, c) => add(c, mul(a, b)),
    'c − a · b': (a, b, c) => sub(c, mul(a, b)),
    'a · b − c': (a, b, c) => sub(mul(a, b), c),
    'a · b + c · d': (a, b, c, d) => add(mul(a, b), mul(c, d)),
    'a² · b + c · d': (a, b, c, d) => add(mul(square(a), b), mul(c, d)),
    'c · d + a² · b': (a, b, c, d) => add(mul(c, d), mul(square(a), b)),
    'a² · b + c² · d': (a, b, c, d) => add(mul(square(a), b), mul(square(c), d)),
    'a / (√b · c + d)': (a, b, c, d) => div(a, add(mul(sqrt(b), c), d)),
    'a / (c · √b + d)': (a, b, c, d) => div(a, add(mul(c, sqrt(b)), d)),
    'a / (b · c + d)': (a, b, c, d) => div(a, add(mul(b, c), d)),
    'a · (1 − b²)': (a, b) => mul(a, sub(1, square(b))),
    '(1 − b²) · a': (a, b) => mul(sub(1, square(b)), a),
    'a · (b − b²)': (a, b) => mul(a, sub(b, square(b))),
    'a · (b · (1 − b))': (a, b) => mul(a, mul(b, sub(1, b))),
    'a · (b · (1 − c))': (a, b, c) => mul(a, mul(b, sub(1, c))),
    'a where b > 0, else 0': (a, b) => select(greater(b, 0), a, 0),
    'a where b > 0, else c': (a, b, c) => select(greater(b, 0), a, c),
    'a where b > 1, else 0': (a, b) => select(greater(b, 1), a, 0),
  };
  it.each(Object.entries(formulas))('%s', (_, formula) => {
    // Every pair of two letters' values, the others in between.
    const length = SPECIAL.length ** 2;
    const n = SPECIAL.length;
    const fed = [
      Float32Array.from({ length }, (_, i) => SPECIAL[i % n]!),
      Float32Array.from({ length }, (_, i) => SPECIAL[Math.floor(i / n)]!),
      Float32Array.from({ length }, (_, i) => SPECIAL[(i * 7 + 3) % n]!),
      Float32Array.from({ length }, (_, i) => SPECIAL[(Math.floor(i / n) * 11 + i * 5) % n]!),
    ];
    for (const [x, y, z, w] of [
      [0, 1, 2, 3],
      [2, 3, 0, 1],
      [1, 2, 3, 0],
    ] as const) {
      const inputs = fed.map(() => input([1, length]));
      const values = [fed[x], fed[y], fed[z], fed[w]] as Float32Array[];
      const graph = { inputs, outputs: [formula(...(inputs as [Node, Node, Node, Node]))] };
      expect(differences(runProgram(device, graph, values), stepwise(graph, values))).toEqual([]);
    }
  });
});

/** The outputs of a graph with every node rounded to float32. */
function stepwise({ inputs, outputs }: Graph, values: readonly Float32Array[]): Float32Array[] {
  const known = new Map(inputs.map((node, i) => [node, Float64Array.from(values[i]!)]));
  for (const node of inOrder(outputs)) {
    if (known.has(node)) continue;
    const operands = node.inputs.map(operand => known.get(operand)!);
    known.set(node, Float64Array.from(evaluateNode(node, operands), Math.fround));
  }
  return outputs.map(output => Float32Array.from(known.get(output)!));
}

/** Ops whose second operand is made from the first take no other. */
function isTail(op: string, x: number, tail: number): boolean {
  if (op === 'normalTwoTails') return Math.fround(tail) === Math.fround(SPECIAL.at(0)!);
  if (op === 'softplus') return Number.isNaN(x) ? Number.isNaN(tail) : tail >= 0 && tail <= 0.7;
  if (op === 'normalCdf') return Number.isNaN(x) ? Number.isNaN(tail) : tail >= 0 && tail <= 1;
  return true;
}

describe('logSoftmax of simd', () => {
  const COLUMNS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 17, 1000];
  const EXTREMES = [-1000, -104, -89, -20, -1, -0.01, 0, 0.01, 1, 20, 89, 104, 1000];

  it.each(COLUMNS)('of rows of %i agrees with float64, and so do its gradients', columns => {
    for (const rows of [1, 2, 63, 64, 65, 130]) {
      const [x, classes, weights] = [input([rows, columns]), input([rows, 1]), input([rows, 1])] as [Node, Node, Node];
      const y = logSoftmax(x);
      const likelihood = gather(y, classes);
      const outputs = [
        y,
        softmax(x),
        ...differentiate(mean(likelihood), [x]),
        ...differentiate(sum(mul(likelihood, weights)), [x]),
        ...differentiate(sum(mul(y, y)), [x]),
      ];
      const numbers = Array.from({ length: rows * columns }, (_, i) => 8 * Math.sin(7 * i + 0.3));
      const extremes = numbers.map((_, i) => EXTREMES[(i * 5) % EXTREMES.length]!);
      const chosen = Float32Array.from({ length: rows }, (_, i) => (i * 5) % columns);
      const weight = Float32Array.from({ length: rows }, (_, i) => (i % 4) - 1);
      for (const given of [numbers, extremes]) {
        const fed = [Float32Array.from(given), chosen, weight];
        const graph = { inputs: [x, classes, weights], outputs };
        const results = runProgram(device, graph, fed);
        for (const [o, wanted] of evaluate(graph, fed).entries()) {
          // The last gradient is a difference of numbers as large as a row's sum of logarithms.
          const scale = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), o === 4 ? 1000 : 1);
          const worst = results[o]!.reduce((most, v, i) => {
            const error = Math.abs(v - wanted[i]!) / scale;
            return error <= most ? most : error;
          }, 0);
          expect(worst, `output ${o} of ${rows} rows`).toBeLessThan(2e-6);
        }
      }
    }
  });

  it('of a row with NaN or +∞ is NaN throughout, and other rows are left alone', () => {
    for (const columns of [1, 3, 4, 5, 9]) {
      const x = input([3, columns]);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        for (let at = 0; at < columns; at++) {
          const given = Float32Array.from({ length: 3 * columns }, (_, i) => (i === columns + at ? bad : i % 5));
          const [y] = runProgram(device, { inputs: [x], outputs: [logSoftmax(x)] }, [given]) as [Float32Array];
          expect([...y.subarray(columns, 2 * columns)].every(Number.isNaN)).toBe(true);
          expect([...y.subarray(0, columns), ...y.subarray(2 * columns)].every(Number.isFinite)).toBe(true);
        }
      }
    }
  });
});

it('an op without a kernel on simd is an error that names it, and leaves nothing open', () => {
  const wobble = elementwise('wobble', { expression: ([x]) => `Math.wobble(${x})`, evaluate: ([x]) => x as number });
  const x = input([2, 3]);
  const before = device.usage();
  const compile = () => device.compile({ inputs: [x], outputs: [sum(add(x, 1), 0), apply(wobble, [x])] });
  expect(compile).toThrow(DeviceError);
  expect(compile).toThrow('wobble [2, 3] failed on simd: there is no kernel for this op');
  expect(device.usage()).toEqual(before);
});
