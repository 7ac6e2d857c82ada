import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../src/kernels/device.js';
import type { Node, Shape } from '../../../src/kernels/graph.js';
import { tanh } from '../../../src/kernels/ops/activations.js';
import { add, div, mul, square, sub } from '../../../src/kernels/ops/arithmetic.js';
import { greater, select } from '../../../src/kernels/ops/comparison.js';
import { expand } from '../../../src/kernels/ops/expand.js';
import { gather, oneHot } from '../../../src/kernels/ops/gather.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { pick } from '../../../src/kernels/ops/pick.js';
import { max, mean, sum } from '../../../src/kernels/ops/reduce.js';
import { transpose } from '../../../src/kernels/ops/transpose.js';
import { plan } from '../../../src/kernels/plan.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { randomGraphOf } from '../random-graph.js';
import { evaluate } from '../reference.js';
import { errorOf, runProgram } from './run-program.js';

/** Around and beyond the 512 numbers that are computed together. */
const SHAPES: readonly Shape[] = [
  [1, 511],
  [1, 512],
  [1, 513],
  [511, 1],
  [513, 1],
  [2, 256],
  [9, 57],
  [2, 515],
  [3, 700],
  [700, 3],
  [1030, 2],
  [2, 1030],
  [65, 8],
  [130, 17],
];

let device: Device;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
});
afterAll(() => device.close());

describe.each(SHAPES)('at %i × %i', (...shape) => {
  const [rows, columns] = shape;
  // Of one sign, so that sums have as many digits as their terms.
  const numbers = (n: number, from = 0) => Array.from({ length: n }, (_, i) => 1.2 + Math.sin(7 * (i + from) + 0.3));
  const [x, y, row, column, scalar, classes] = [
    input(shape),
    input(shape),
    input([1, columns]),
    input([rows, 1]),
    input([1, 1]),
    input([rows, 1]),
  ] as const;
  const inputs: Node[] = [x, y, row, column, scalar, classes];
  const values = [
    numbers(rows * columns),
    numbers(rows * columns, 5000),
    numbers(columns),
    numbers(rows, 9000),
    [0.75],
    Array.from({ length: rows }, (_, r) => (r * 31 + 7) % columns),
  ];
  const agrees = (outputs: readonly Node[], tolerance = 5e-6) => {
    const graph = { inputs, outputs };
    expect(errorOf(graph, values, runProgram(device, graph, values))).toBeLessThan(tolerance);
  };

  it('rows, columns and numbers are repeated on either side of every other', () => {
    const operands = [x, row, column, scalar];
    agrees(operands.flatMap(a => operands.map(b => sub(mul(a, 0.5), tanh(b)))));
    agrees([expand(row, shape), expand(column, shape), expand(scalar, shape)]);
  });

  it('sums, means and maxima of formulas agree along rows, columns and both', () => {
    const formulas = [mul(x, row), add(column, x), add(mul(x, scalar), row), mul(expand(row, shape), column)];
    for (const reduce of [sum, mean, max]) {
      agrees(formulas.flatMap(f => ([0, 1, undefined] as const).map(axis => reduce(f, axis))));
    }
  });

  it('what is reduced is used again for all elements', () => {
    agrees([sub(x, max(x, 1)), sub(x, mean(x, 0)), mul(x, sum(mul(x, y))), sum(square(sub(x, mean(x, 0))), 0)]);
  });

  it('elements are moved: transposed, gathered, one-hot, picked', () => {
    agrees([
      transpose(x),
      mul(transpose(x), transpose(column)),
      transpose(tanh(x)),
      gather(x, classes),
      mul(gather(tanh(y), classes), column),
      oneHot(classes, columns),
      mul(oneHot(classes, columns), x),
      sum(mul(oneHot(classes, columns), x), 1),
      sum(transpose(x), 1),
      mul(x, pick(y, rows - 1, columns - 1)),
      sum(mul(gather(x, classes), pick(x, 0, 0))),
      oneHot(greater(column, 0), 7),
    ]);
  });

  it('random graphs and their gradients agree with float64', () => {
    for (const { graph, values: fed } of fc.sample(randomGraphOf(shape), { numRuns: 25, seed: 1 })) {
      // Long chains of rounded steps that cancel; float32 on the cpu device is as far off.
      expect(errorOf(graph, fed, runProgram(device, graph, fed))).toBeLessThan(3e-3);
    }
  });
});

it('a result in the memory of a row that the step before repeats leaves the row alone until all of it is read', () => {
  const [a, b] = [input([23, 23]), input([23, 23])];
  const values = [0, 900].map(from => Array.from({ length: 529 }, (_, i) => 0.3 + 0.2 * Math.sin(7 * (i + from))));
  // The row stands where the first product stood, and where the tanh will.
  const row = matmul(sum(matmul(a, b), 0), b);
  const other = tanh(mul(a, 3));
  const graph = { inputs: [a, b], outputs: [add(tanh(a), row), matmul(other, other)] };
  const { steps } = plan(graph, { maxOperands: Number.POSITIVE_INFINITY, movesOperandsOnly: true });
  expect(steps.map(({ root, slot }) => `${root.op.name} ${root.shape} in ${slot}`)).toEqual([
    'matmul 23,23 in 0',
    'sum 1,23 in 1',
    'matmul 1,23 in 0',
    'add 23,23 in 2',
    'tanh 23,23 in 0',
    'matmul 23,23 in 3',
  ]);
  expect(errorOf(graph, values, runProgram(device, graph, values))).toBeLessThan(5e-6);
});

it('a formula that needs more values at a time than there are registers agrees, also before a sum', () => {
  const x = input([3, 700]);
  const values = [Array.from({ length: 2100 }, (_, i) => 1.2 + Math.sin(7 * i + 0.3))];
  const parts = Array.from({ length: 200 }, (_, i) => tanh(add(x, i / 100)));
  // Every part is read twice, far apart.
  const total = parts.map((part, i) => mul(part, parts.at(-1 - i)!)).reduce((sums, product) => add(sums, product));
  for (const outputs of [[total], [sum(total, 0)], [sum(total, 1)], [sum(total)], [transpose(total), parts[7]!]]) {
    const graph = { inputs: [x], outputs };
    expect(errorOf(graph, values, runProgram(device, graph, values))).toBeLessThan(5e-6);
  }
});

it('what has no register stays within its memory before a reduction, whose blocks begin at any number', () => {
  // The last block ends at a multiple of 16 numbers, where a buffer ends, and begins at none of 4.
  const x = input([8, 510]);
  const numbers = Array.from({ length: 8 * 510 }, (_, i) => 1.2 + Math.sin(7 * i + 0.3));
  const parts = Array.from({ length: 90 }, (_, i) => tanh(mul(x, i / 100)));
  const total = parts.reduce((sums, part) => add(sums, part));
  const graph = {
    inputs: [x],
    outputs: [
      sum(
        parts.map(part => mul(total, part)).reduce((a, b) => add(a, b)),
        1,
      ),
    ],
  };
  // Every second buffer of this size is free for the program, so that its neighbours are known.
  const tensors = Array.from({ length: 400 }, () => device.tensor(x.shape, new Float32Array(8 * 510).fill(7)));
  const [free, kept] = [tensors.filter((_, i) => i % 2 === 0), tensors.filter((_, i) => i % 2 === 1)];
  for (const tensor of free) tensor.dispose();
  expect(errorOf(graph, [numbers], runProgram(device, graph, [numbers]))).toBeLessThan(5e-6);
  expect(kept.filter(tensor => tensor.readSync().some(value => value !== 7)).length).toBe(0);
  for (const tensor of kept) tensor.dispose();
});

it('a product may be added to itself', () => {
  const [a, b] = [input([3, 5]), input([5, 4])];
  const product = matmul(a, b);
  const values = [15, 20].map(n => Array.from({ length: n }, (_, i) => Math.sin(7 * i + 0.3)));
  for (const outputs of [[add(product, product)], [tanh(add(product, product))]]) {
    const graph = { inputs: [a, b], outputs };
    expect(errorOf(graph, values, runProgram(device, graph, values))).toBeLessThan(1e-6);
  }
});

it('0 and −0 are two constants', () => {
  const x = input([1, 2]);
  const graph = { inputs: [x], outputs: [div(x, 0), div(x, -0), select(greater(x, 0), x, -0)] };
  const expected = [
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [-0, 1],
  ];
  expect(runProgram(device, graph, [[-1, 1]]).map(output => [...output])).toEqual(expected);
});

it('a maximum of numbers with NaN among them is NaN, wherever it stands', () => {
  for (const shape of SHAPES) {
    const size = shape[0] * shape[1];
    const x = input(shape);
    const graph = { inputs: [x], outputs: [max(x, 0), max(x, 1), max(x), max(mul(x, 2), 0), max(mul(x, 2), 1)] };
    for (const at of [0, 3, 255, 510, size - 1]) {
      const values = [Array.from({ length: size }, (_, i) => (i === at ? Number.NaN : i % 9))];
      const expected = evaluate(graph, values).map(output => [...output]);
      expect(runProgram(device, graph, values).map(output => [...output])).toEqual(expected);
    }
  }
});
