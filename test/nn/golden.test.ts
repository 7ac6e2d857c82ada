import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/kernels/autodiff.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { lossFromConfig } from '../../src/nn/losses/by-name.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { optimizerFromConfig } from '../../src/nn/optimizers/by-name.js';
import { chain } from '../../src/nn/optimizers/chain.js';
import { clipByGlobalNorm } from '../../src/nn/optimizers/clip-by-global-norm.js';
import { clipByValue } from '../../src/nn/optimizers/clip-by-value.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { oneCycle } from '../../src/nn/schedules.js';
import { evaluate } from '../kernels/reference.js';
import { expectClose } from './numbers.js';
import { descendBy } from './optimizer-run.js';

type Matrix = number[][];

interface Golden {
  start: Matrix;
  gradients: Matrix[];
  optimizers: { name: string; options: object; parameters: Matrix[] }[];
  clippedAdam: Matrix[];
  clippedByValue: Matrix[];
  losses: { loss: unknown; x: Matrix; y: Matrix; value: number; gradient: Matrix }[];
  oneCycle: { peak: number; steps: number; rates: number[] };
}

/** What PyTorch computes in float64: `nn_golden.py` wrote it. */
const golden: Golden = JSON.parse(readFileSync(new URL('../reference/nn_golden.json', import.meta.url), 'utf8'));

function expectTrajectory(optimizer: Optimizer, expected: readonly Matrix[]) {
  const history = descendBy(optimizer, golden.start, (_, step) => golden.gradients[step]!, golden.gradients.length);
  expected.forEach((parameters, step) => {
    parameters.forEach((values, i) => {
      expectClose([...history[step]![i]!], values, { relative: 1e-10, absolute: 1e-12 });
    });
  });
}

describe('the values of PyTorch', () => {
  it.each(golden.optimizers.map(one => [`${one.name} ${JSON.stringify(one.options)}`, one] as const))(
    '%s takes the same steps',
    (_, { name, options, parameters }) => {
      expectTrajectory(optimizerFromConfig({ [name]: options }), parameters);
    },
  );

  it('clipping takes the same steps', () => {
    expectTrajectory(chain(clipByGlobalNorm(0.5), adam()), golden.clippedAdam);
    expectTrajectory(chain(clipByValue(0.5), sgd({ learningRate: 0.1 })), golden.clippedByValue);
  });

  it.each(golden.losses.map((one, i) => [`${JSON.stringify(one.loss)} (${i})`, one] as const))(
    'the loss %s and its gradient are the same',
    (_, { loss, x, y, value, gradient }) => {
      const prediction = input([x.length, x[0]!.length]);
      const target = input([y.length, y[0]!.length]);
      const output = lossFromConfig(loss).apply({ prediction, target });
      const graph = { inputs: [prediction, target], outputs: [output, ...differentiate(output, [prediction])] };
      const got = evaluate(graph, [Float64Array.from(x.flat()), Float64Array.from(y.flat())]);
      expectClose([...got[0]!], [value], { relative: 1e-9 });
      expectClose([...got[1]!], gradient.flat(), { relative: 1e-9, absolute: 1e-12 });
    },
  );

  it('oneCycle gives the same rates', () => {
    const { peak, steps, rates } = golden.oneCycle;
    const schedule = oneCycle({ peak, steps });
    expect(rates).toHaveLength(steps);
    expectClose(
      rates.map((_, t) => schedule(t)),
      rates,
      { relative: 1e-12 },
    );
  });
});
