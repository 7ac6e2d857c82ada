import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device, Tensor } from '../../../src/kernels/device.js';
import { type Graph, type Node, type Shape, sizeOf } from '../../../src/kernels/graph.js';
import { add } from '../../../src/kernels/ops/arithmetic.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { plan } from '../../../src/kernels/plan.js';
import { lower } from '../../../src/kernels/simd/lower.js';
import { Code, Instruction } from '../../../src/kernels/simd/opcodes.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { adam } from '../../../src/nn/optimizers/adam.js';
import { adamw } from '../../../src/nn/optimizers/adamw.js';
import { chain } from '../../../src/nn/optimizers/chain.js';
import { clipByGlobalNorm } from '../../../src/nn/optimizers/clip-by-global-norm.js';
import { clipByNorm } from '../../../src/nn/optimizers/clip-by-norm.js';
import { clipByValue } from '../../../src/nn/optimizers/clip-by-value.js';
import { nadam } from '../../../src/nn/optimizers/nadam.js';
import type { Optimizer } from '../../../src/nn/optimizers/optimizer.js';
import { cosine } from '../../../src/nn/schedules.js';
import { errorOf } from './run-program.js';

let device: Device;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
});
afterAll(() => device.close());

interface Step {
  readonly graph: Graph;
  readonly updates: readonly Node[];
  /** How many parameters there are, and matrices of state. */
  readonly counts: readonly [parameters: number, state: number];
}

/** One step of an optimizer: gradients, parameters, state and numbers to new parameters and new state. */
function stepOf(optimizer: Optimizer, shapes: readonly Shape[]): Step {
  const [gradients, parameters] = [shapes.map(shape => input(shape)), shapes.map(shape => input(shape))];
  const state = optimizer.init(shapes).map(({ shape }) => input(shape));
  const scalars = optimizer.scalars(0).map(() => input([1, 1]));
  const step = optimizer.update({ gradients, parameters, state, scalars });
  const outputs = [...parameters.map((parameter, i) => add(parameter, step.updates[i]!)), ...step.state];
  const inputs = [...gradients, ...parameters, ...state, ...scalars];
  return { graph: { inputs, outputs }, updates: step.updates, counts: [shapes.length, state.length] };
}

/** How often an op stands in a program of maps. */
function count(graph: Graph, code: Code): number {
  const { instructions: words } = lower(
    plan(graph, { maxOperands: Number.POSITIVE_INFINITY, movesOperandsOnly: true }),
  );
  let found = 0;
  let at = 0;
  for (; words[at] === Instruction.MAP; at += 2 + words[at + 1]!) {
    const end = at + 2 + words[at + 1]!;
    for (let op = at + 5; op < end; op += words[op] === Code.ADAM ? 18 : 6) if (words[op] === code) found++;
  }
  expect(words[at]).toBe(Instruction.END);
  return found;
}

const numbers = (n: number, from: number, scale = 1) =>
  Float32Array.from({ length: n }, (_, i) => scale * Math.sin(7 * (i + from) + 0.3));

/** Parameters and state after some steps, the outputs taking their inputs' places; the gradients change from step to step. */
function descend({ graph, counts: [parameters, state] }: Step, optimizer: Optimizer, steps: number): Float32Array[] {
  const program = device.compile(graph);
  const kept = graph.inputs
    .slice(parameters, 2 * parameters + state)
    .map(({ shape }, i) =>
      device.tensor(shape, i < parameters ? numbers(sizeOf(shape), i) : new Float32Array(sizeOf(shape))),
    );
  for (let step = 0; step < steps; step++) {
    const gradients = graph.inputs
      .slice(0, parameters)
      .map(({ shape }, i) => device.tensor(shape, numbers(sizeOf(shape), 100 * step + i, 10 ** (1 - step))));
    const scalars = optimizer.scalars(step).map(scalar => device.tensor([1, 1], [scalar]));
    const outputs = program.run([...gradients, ...kept, ...scalars], kept);
    for (const tensor of [...gradients, ...scalars, ...outputs.slice(kept.length)]) tensor.dispose();
  }
  const results = kept.map((tensor: Tensor) => tensor.readSync());
  for (const tensor of kept) tensor.dispose();
  program.dispose();
  return results;
}

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  adam: adam(),
  'adam with other numbers': adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.8, epsilon: 0.01 }),
  'adam on a schedule': adam({ learningRate: cosine({ rate: 0.1, steps: 9 }) }),
  'adam with an L2 penalty': adam({ learningRate: 0.1, weightDecay: 0.1 }),
  adamw: adamw({ learningRate: 0.1, weightDecay: 0.05 }),
  nadam: nadam(),
  'adam of clipped gradients': chain(clipByGlobalNorm(0.5), adam()),
  'adam of gradients clipped one by one': chain(clipByNorm(0.5), adam()),
  'adam of gradients cut at a value': chain(clipByValue(0.5), adam()),
};

const SHAPES: readonly Shape[] = [
  [1, 1],
  [3, 4],
  [1, 511],
  [513, 1],
  [3, 700],
];

describe('a step of Adam on simd', () => {
  it('is one op for each parameter of more than one number, if nobody else looks at what is between', () => {
    for (const [name, learningRate] of [
      ['a number', 0.1],
      ['a schedule', cosine({ rate: 0.1, steps: 9 })],
    ] as const) {
      const { graph } = stepOf(adam({ learningRate }), [
        [3, 4],
        [3, 4],
        [1, 5],
      ]);
      expect(count(graph, Code.ADAM), name).toBe(3);
    }
  });

  it('is the separate ops, to the bit', () => {
    for (const optimizer of [adam(), adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.8, epsilon: 0.01 })]) {
      for (const shape of SHAPES) {
        const together = stepOf(optimizer, [shape]);
        const apart = { ...together, graph: { ...together.graph, outputs: [...together.graph.outputs] } };
        // The steps' sizes are wanted too, so that they have to be somewhere.
        apart.graph.outputs.push(...apart.updates);
        expect(count(apart.graph, Code.ADAM)).toBe(0);
        expect(descend(together, optimizer, 6), `at ${shape}`).toEqual(descend(apart, optimizer, 6));
      }
    }
  });

  it('gives whatever else is asked for: directions, moments, both twice', () => {
    const { graph, updates } = stepOf(adam({ learningRate: 0.1 }), [[3, 700]]);
    // p + u with u = −rate · d
    const direction = updates[0]!.inputs.find(({ shape }) => shape[0] === 3)!;
    const [parameters, mean, variance] = graph.outputs as [Node, Node, Node];
    const values = graph.inputs.map(({ shape }, i) => numbers(sizeOf(shape), 50 * i).map(Math.abs));
    for (const outputs of [
      [...graph.outputs, ...updates],
      [...updates, ...graph.outputs],
      [...graph.outputs, direction],
      [direction, ...graph.outputs],
      [mean, variance, direction, parameters],
      [mean, variance, parameters, direction],
      [mean, variance, direction.inputs[0]!, direction, parameters],
      [mean, variance, direction.inputs[0]!, parameters],
      [mean, variance, direction.inputs[1]!, parameters],
      [mean, mean, variance, parameters, parameters],
      [parameters],
      [variance, mean],
      [variance, parameters],
    ]) {
      const wanted = { ...graph, outputs };
      const program = device.compile(wanted);
      const inputs = wanted.inputs.map((node, i) => device.tensor(node.shape, values[i]!));
      const results = program.run(inputs);
      const arrays = results.map(result => result.readSync());
      expect(errorOf(wanted, values, arrays)).toBeLessThan(2e-6);
      for (const tensor of [...inputs, ...results]) tensor.dispose();
      program.dispose();
    }
  });

  it.each(Object.entries(OPTIMIZERS))('of several parameters agrees with float64: %s', (_, optimizer) => {
    const { graph, counts } = stepOf(optimizer, [...SHAPES, [3, 4], [3, 4]]);
    const [parameters, state] = counts;
    const from = 2 * parameters + state;
    const values = graph.inputs.map(({ shape }, i) => {
      if (i >= from) return Float32Array.of(optimizer.scalars(3)[i - from]!);
      const drawn = numbers(sizeOf(shape), 50 * i);
      return i < 2 * parameters ? drawn : drawn.map(Math.abs);
    });
    const program = device.compile(graph);
    const inputs = graph.inputs.map((node, i) => device.tensor(node.shape, values[i]!));
    const results = program.run(inputs);
    const arrays = results.map(result => result.readSync());
    expect(errorOf(graph, values, arrays)).toBeLessThan(2e-6);
    for (const tensor of [...inputs, ...results]) tensor.dispose();
    program.dispose();
  });
});
