// jax-js on its wasm backend: the whole step, gradient and Adam, in one `jit`; batches put on the device before the clock starts.
import { readFileSync } from 'node:fs';
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { ADAM, oneHot, startingWeights, workloadData } from '../workloads.js';
import { timedRound } from './timed-round.js';

const version = JSON.parse(
  readFileSync(new URL('../node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'),
).version;

/** @param {{ workload: import('../workloads.js').Workload }} options */
export async function open({ workload }) {
  await init('wasm');
  defaultDevice('wasm');
  const { batch } = workload;
  const { rows, features, classes, x, y } = workloadData(workload);
  const targets = oneHot(y, classes);
  const matrix = (values, columns) => np.array(values).reshape([values.length / columns, columns]);
  const batches = Array.from({ length: rows / batch }, (_, i) => ({
    x: matrix(x.slice(i * batch * features, (i + 1) * batch * features), features),
    y: matrix(targets.slice(i * batch * classes, (i + 1) * batch * classes), classes),
  }));
  let parameters = startingWeights(workload).flatMap(({ outputs, weights, bias }) => [
    matrix(weights, outputs),
    np.array(bias),
  ]);
  let m = parameters.map(p => np.zeros(p.shape));
  let v = parameters.map(p => np.zeros(p.shape));

  // Every use of an array but the last takes a reference: jax-js frees what is passed on.
  const lossOf = (weights, input, labels) => {
    let value = input;
    for (let i = 0; i < weights.length; i += 2) {
      value = np.matmul(value, weights[i]).add(weights[i + 1]);
      if (i < weights.length - 2) value = workload.activation === 'tanh' ? np.tanh(value) : nn.relu(value);
    }
    return nn
      .logSoftmax(value, -1)
      .mul(labels)
      .sum()
      .mul(-1 / batch);
  };
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const stepOnce = jit((weights, first, second, input, labels, correction1, correction2) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(weights), input, labels);
    const next = { weights: [], m: [], v: [], loss };
    gradients.forEach((g, i) => {
      const a = first[i].mul(beta1).add(g.ref.mul(1 - beta1));
      const b = second[i].mul(beta2).add(np.square(g).mul(1 - beta2));
      const update = a.ref.mul(correction1.ref).div(np.sqrt(b.ref.mul(correction2.ref)).add(epsilon));
      next.weights.push(weights[i].sub(update.mul(learningRate)));
      next.m.push(a);
      next.v.push(b);
    });
    correction1.dispose();
    correction2.dispose();
    return next;
  });

  let step = 0;
  const train = () => {
    const { x: input, y: labels } = batches[step++ % batches.length];
    const next = stepOnce(
      parameters,
      m,
      v,
      input.ref,
      labels.ref,
      np.array(1 / (1 - beta1 ** step)),
      np.array(1 / (1 - beta2 ** step)),
    );
    ({ weights: parameters, m, v } = next);
    return next.loss;
  };
  return {
    version,
    device: 'wasm',
    // Its worker pool needs a global Worker, which Node does not have.
    threads: typeof Worker === 'undefined' ? 1 : (globalThis.navigator?.hardwareConcurrency ?? 1),
    async losses(steps) {
      const values = [];
      for (let i = 0; i < steps; i++) values.push(train().dataSync()[0]);
      return values;
    },
    // Reading the loss makes sure that the step was taken: jax-js is lazy.
    round: milliseconds => timedRound(() => void train().dataSync(), batch, milliseconds),
  };
}
