import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../src/kernels/device.js';
import { type Graph, type Node, type Shape, sameShape, sizeOf } from '../../../src/kernels/graph.js';
import { relu, tanh } from '../../../src/kernels/ops/activations.js';
import { add, mul, neg, sub } from '../../../src/kernels/ops/arithmetic.js';
import { expand } from '../../../src/kernels/ops/expand.js';
import { gather } from '../../../src/kernels/ops/gather.js';
import { constant, input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { pick } from '../../../src/kernels/ops/pick.js';
import { max, mean, sum } from '../../../src/kernels/ops/reduce.js';
import { logSoftmax } from '../../../src/kernels/ops/softmax.js';
import { transpose } from '../../../src/kernels/ops/transpose.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { randomGraphOf } from '../random-graph.js';
import { differences, runProgram } from './run-program.js';

let device: Device;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
});
afterAll(() => device.close());

const numbers = (n: number, from = 0) => Array.from({ length: n }, (_, i) => Math.sin(7 * (i + from) + 0.3));

/** Every way of letting outputs become inputs of their shape, no tensor twice; at most `most` of them. */
function targets({ inputs, outputs }: Graph, most = 200): (number | undefined)[][] {
  let ways: (number | undefined)[][] = [[]];
  for (const output of outputs) {
    ways = ways.flatMap(way => [
      ...inputs.flatMap((node, i) => (sameShape(node.shape, output.shape) && !way.includes(i) ? [[...way, i]] : [])),
      [...way, undefined],
    ]);
    if (ways.length > most) {
      const every = ways.length / most;
      ways = Array.from({ length: most }, (_, i) => ways[Math.floor(i * every)]!);
    }
  }
  return ways.filter(way => way.some(target => target !== undefined));
}

/** Runs a graph with every way of overwriting its inputs, and expects the values that it gives without. */
function expectNoTrace(graph: Graph, values: readonly (readonly number[])[], tensorOf: readonly number[] = []) {
  const wanted = runProgram(device, graph, values, { tensorOf });
  for (const into of targets(graph)) {
    const overwritten = into.map(i => (i === undefined ? undefined : (tensorOf[i] ?? i)));
    const chosen = overwritten.filter(i => i !== undefined);
    if (new Set(chosen).size < chosen.length) continue;
    const found = differences(runProgram(device, graph, values, { tensorOf, into }), wanted);
    expect(found, `into ${into}`).toEqual([]);
  }
}

describe('outputs that overwrite inputs have the values that they have elsewhere, to the bit:', () => {
  const SIDE = 23; // 529 numbers: a block of 512 and a rest
  const square: Shape = [SIDE, SIDE];
  const matrices = () => [input(square), input(square), input(square)] as const;
  const check = (inputs: readonly Node[], ...outputs: Node[]) =>
    expectNoTrace(
      { inputs, outputs },
      inputs.map(({ shape }, i) => numbers(sizeOf(shape), 1000 * i)),
    );

  it('two inputs that change places, and three', () => {
    const [a, b, c] = matrices();
    check([a, b], b, a);
    check([a, b, c], b, c, a);
    check([a, b, c], c, a, add(b, a));
  });

  it('copies of inputs, of constants and of outputs', () => {
    const [a, b] = matrices();
    const total = add(a, b);
    check([a, b], a, a);
    check([a, b], total, total);
    check([a, b], constant(3, square), a);
    check([a, b], a, neg(a), b);
  });

  it('steps that read an input after an output took its place', () => {
    const [a, b, c] = matrices();
    check([a, b], mul(a, 2), sub(b, a));
    check([a, b, c], add(a, b), sub(b, c), mul(a, c));
    check([a, b], tanh(a), matmul(tanh(a), a), sum(a, 0));
    check([a, b], relu(b), matmul(a, b), sub(matmul(b, a), a));
  });

  it('rows, columns and numbers that are read at every place', () => {
    const [row, column, scalar] = [input([1, SIDE]), input([SIDE, 1]), input([1, 1])];
    const [a] = matrices();
    const all = [a, row, column, scalar];
    check(all, mul(a, scalar), add(row, scalar), sub(column, scalar), neg(scalar));
    check(all, add(a, row), mul(row, 2), add(a, column), mul(column, 2));
    check(all, expand(row, square), expand(column, square));
    check(all, mul(scalar, pick(a, 3, 4)), mul(a, pick(a, 22, 22)), mul(row, pick(a, 0, 1)));
    check(all, mul(row, pick(row, 0, SIDE - 1)), mul(column, pick(column, SIDE - 1, 0)));
  });

  it('sums whose formulas read what they overwrite', () => {
    const [row, column, scalar] = [input([1, SIDE]), input([SIDE, 1]), input([1, 1])];
    const [a] = matrices();
    const all = [a, row, column, scalar];
    check(all, sum(mul(column, scalar)));
    check(all, sum(mul(row, scalar)));
    check(all, sum(mul(a, scalar), 0), sum(mul(a, scalar), 1), sum(mul(a, scalar)));
    check(all, sum(mul(a, row), 0), mean(mul(a, row), 0), max(sub(a, row), 0));
    check(all, sum(mul(a, column), 1), mean(mul(a, column), 1), max(sub(a, column), 1));
    check(all, sum(mul(a, pick(row, 0, 0)), 0), sum(mul(a, pick(column, 0, 0)), 1));
    check(all, sum(mul(a, pick(row, 0, SIDE - 1)), 0), max(add(a, pick(column, SIDE - 1, 0)), 1));
  });

  it('reductions and products with an end that reads what they overwrite', () => {
    const [row, column, scalar] = [input([1, SIDE]), input([SIDE, 1]), input([1, 1])];
    const [a, b, c] = matrices();
    const all = [a, b, c, row, column, scalar];
    check(all, add(sum(a, 0), row), sub(sum(b, 1), column), sub(scalar, sum(a)));
    check(all, sub(c, matmul(a, b)), add(matmul(a, b), row));
    check(all, mul(scalar, matmul(a, b)), tanh(add(matmul(b, c), row)), sub(row, sum(b, 0)));
    check(all, matmul(a, b, { transposeA: true }), matmul(b, c, { transposeB: true }), sub(a, b));
    check(all, add(matmul(a, a), a), mul(matmul(b, b, { transposeB: true }), b));
  });

  it('elements that move', () => {
    const [a, b] = matrices();
    const classes = input([SIDE, 1]);
    const fed = [numbers(529), numbers(529, 70), Array.from({ length: SIDE }, (_, i) => (i * 5) % SIDE)];
    const outputs = [transpose(a), add(transpose(b), a), gather(a, classes), logSoftmax(b)];
    expectNoTrace({ inputs: [a, b, classes], outputs }, fed);
    expectNoTrace({ inputs: [a, b, classes], outputs: [logSoftmax(a), transpose(logSoftmax(a))] }, fed);
  });

  it('one tensor for two inputs', () => {
    const [a, b, c] = matrices();
    const fed = [numbers(529), numbers(529, 70), numbers(529, 90)];
    for (const tensorOf of [
      [0, 0, 2],
      [0, 0, 0],
      [0, 1, 0],
      [2, 1, 2],
    ]) {
      expectNoTrace({ inputs: [a, b, c], outputs: [sub(mul(a, 2), b), add(b, c)] }, fed, tensorOf);
      expectNoTrace({ inputs: [a, b, c], outputs: [neg(a), neg(b), matmul(a, c)] }, fed, tensorOf);
    }
  });

  it.each([
    [SIDE, SIDE],
    [3, 4],
    [2, 300],
    [300, 2],
    [1, 513],
  ] as const)('random graphs at %i × %i', (...shape) => {
    for (const { graph, values } of fc.sample(randomGraphOf(shape, 8), { numRuns: 60, seed: 3 })) {
      const wanted = runProgram(device, graph, values);
      for (const into of targets(graph, 12)) {
        expect(differences(runProgram(device, graph, values, { into }), wanted), `into ${into}`).toEqual([]);
      }
    }
  });

  it('random graphs, step after step', () => {
    for (const { graph, values } of fc.sample(randomGraphOf([SIDE, SIDE], 8), { numRuns: 40, seed: 5 })) {
      for (const into of targets(graph, 4)) {
        const program = device.compile(graph);
        const inputs = graph.inputs.map((node, i) => device.tensor(node.shape, values[i]!));
        let apart: Float32Array[] = values.map(given => Float32Array.from(given));
        for (let step = 0; step < 3; step++) {
          const outputs = program.run(
            inputs,
            into.map(i => (i === undefined ? undefined : inputs[i])),
          );
          const wanted = runProgram(device, graph, apart);
          expect(
            differences(
              outputs.map(output => output.readSync()),
              wanted,
            ),
            `into ${into}, step ${step}`,
          ).toEqual([]);
          for (const [o, output] of outputs.entries()) if (into[o] === undefined) output.dispose();
          apart = apart.map((old, i) => (into.includes(i) ? wanted[into.indexOf(i)]! : old));
        }
        for (const tensor of inputs) tensor.dispose();
        program.dispose();
      }
    }
  });
});
