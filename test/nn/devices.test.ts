import { afterAll, describe, expect, it } from 'vitest';
import { differentiate } from '../../src/kernels/autodiff.js';
import type { Device } from '../../src/kernels/device.js';
import type { Graph, Shape } from '../../src/kernels/graph.js';
import { add } from '../../src/kernels/ops/arithmetic.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { sum } from '../../src/kernels/ops/reduce.js';
import { activations } from '../../src/nn/activations.js';
import { lossFromConfig } from '../../src/nn/losses/by-name.js';
import { optimizersByName } from '../../src/nn/optimizers/by-name.js';
import { chain } from '../../src/nn/optimizers/chain.js';
import { clipByGlobalNorm } from '../../src/nn/optimizers/clip-by-global-norm.js';
import { clipByNorm } from '../../src/nn/optimizers/clip-by-norm.js';
import { clipByValue } from '../../src/nn/optimizers/clip-by-value.js';
import { CPU_DEVICES, openCpuDevice } from '../kernels/cpu-devices.js';
import { evaluate } from '../kernels/reference.js';
import { expectClose } from './numbers.js';

/** Runs a graph on a device and in float64 on the same float32 values, and compares: 1e-4 relative to the largest value. */
function expectAgreement(device: Device, graph: Graph, values: readonly (readonly number[])[]) {
  const rounded = values.map(numbers => Float32Array.from(numbers));
  const tensors = graph.inputs.map((node, i) => device.tensor(node.shape, rounded[i]!));
  const program = device.compile(graph);
  const outputs = program.run(tensors);
  const expected = evaluate(
    graph,
    rounded.map(numbers => Float64Array.from(numbers)),
  );
  outputs.forEach((output, i) => {
    const wanted = [...expected[i]!];
    const absolute = 1e-6 * Math.max(1e-6, ...wanted.map(Math.abs));
    expectClose([...output.readSync()], wanted, { relative: 1e-4, absolute });
  });
  for (const tensor of [...tensors, ...outputs]) tensor.dispose();
  program.dispose();
}

const LOSSES = [
  'meanSquaredError',
  'meanAbsoluteError',
  { huber: { delta: 0.5 } },
  { binaryCrossEntropy: { labelSmoothing: 0.1, classWeights: [1, 3] } },
  { crossEntropy: { labelSmoothing: 0.1, classWeights: [0.5, 1, 2] } },
];

describe.each(CPU_DEVICES)('on %s', name => {
  const device = openCpuDevice(name);
  afterAll(() => {
    expect(device.usage()).toMatchObject({ tensors: 0, programs: 0 });
    device.close();
  });
  const numbers = (n: number, scale = 1) => Array.from({ length: n }, (_, i) => scale * Math.sin(7 * i + 0.3));

  it.each(LOSSES)(
    'the loss %j, weighted, and its gradient agree with float64, at ±1000 too, and are 0 without weight',
    form => {
      const loss = lossFromConfig(form);
      const shape: Shape = [5, 3];
      const [x, w] = [input(shape), input([5, 1])];
      const y = input(loss.targets === 'classes' ? [5, 1] : shape);
      const value = loss.apply({ prediction: x, target: y, weights: w });
      const graph = { inputs: [x, y, w], outputs: [value, ...differentiate(value, [x])] };
      const target = loss.targets === 'classes' ? [0, 2, 1, 1, 0] : numbers(15).map(v => Number(v > 0));
      expectAgreement(device, graph, [numbers(15, 3), target, [1, 2, 0, 0.5, 3]]);
      expectAgreement(device, graph, [numbers(15, 1000), target, [1, 2, 0, 0.5, 3]]);
      expectAgreement(device, graph, [numbers(15, 3), target, [0, 0, 0, 0, 0]]);
    },
  );

  it.each(Object.entries(activations))('the activation %s and its gradient agree with float64', (_, activation) => {
    const x = input([3, 5]);
    const output = activation(x);
    const graph = { inputs: [x], outputs: [output, ...differentiate(sum(output), [x])] };
    // The gradient of a sum of softmaxes is 0 but for rounding.
    if (activation === activations.softmax) graph.outputs.pop();
    expectAgreement(device, graph, [numbers(15, 4)]);
  });

  const optimizers = Object.entries(optimizersByName).map(([key, make]) => [key, make()] as const);
  const clipped = [clipByGlobalNorm(0.5), clipByNorm(0.5), clipByValue(0.5)].map(
    clip => [clip.name, chain(clip, optimizersByName.sgd({ learningRate: 1 }))] as const,
  );
  it.each([...optimizers, ...clipped])(
    'one step of %s agrees with float64, with gradients that are 0 too',
    (_, optimizer) => {
      const shapes: Shape[] = [
        [3, 4],
        [1, 4],
      ];
      const [gradients, parameters] = [shapes.map(shape => input(shape)), shapes.map(shape => input(shape))];
      const specs = optimizer.init(shapes);
      const state = specs.map(({ shape }) => input(shape));
      const scalars = optimizer.scalars(2).map(() => input([1, 1]));
      const step = optimizer.update({ gradients, parameters, state, scalars });
      const graph = {
        inputs: [...gradients, ...parameters, ...state, ...scalars],
        outputs: [...parameters.map((parameter, i) => add(parameter, step.updates[i]!)), ...step.state],
      };
      for (const scale of [1, 1e-4, 0]) {
        const values = graph.inputs.map((node, i) => numbers(node.shape[0] * node.shape[1], i < 2 ? scale : 1));
        const fed = values.map((v, i) => (i >= 4 && i < 4 + state.length ? v.map(n => (scale * n) ** 2) : v));
        fed.splice(4 + state.length, scalars.length, ...optimizer.scalars(2).map(scalar => [scalar]));
        expectAgreement(device, graph, fed);
      }
    },
  );
});
