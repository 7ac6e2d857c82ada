// tfjs on its wasm backend: variables, `optimizer.minimize`, batches made into tensors before the clock starts.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { ADAM, oneHot, startingWeights, workloadData } from '../workloads.js';
import { timedRound } from './timed-round.js';

const version = JSON.parse(
  readFileSync(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/package.json', import.meta.url), 'utf8'),
).version;

/** @param {{ workload: import('../workloads.js').Workload }} options */
export async function open({ workload }) {
  await tf.setBackend('wasm');
  await tf.ready();
  if (tf.getBackend() !== 'wasm') throw new Error(`tfjs runs on ${tf.getBackend()}`);
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');

  const { batch } = workload;
  const { rows, features, classes, x, y } = workloadData(workload);
  const layers = startingWeights(workload).map(({ inputs, outputs, weights, bias }) => ({
    w: tf.variable(tf.tensor2d(weights, [inputs, outputs])),
    b: tf.variable(tf.tensor1d(bias)),
  }));
  const targets = oneHot(y, classes);
  const batches = Array.from({ length: rows / batch }, (_, i) => ({
    x: tf.tensor2d(x.slice(i * batch * features, (i + 1) * batch * features), [batch, features]),
    y: tf.tensor2d(targets.slice(i * batch * classes, (i + 1) * batch * classes), [batch, classes]),
  }));
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const predict = input =>
    layers.reduce((value, { w, b }, i) => {
      const sum = tf.add(tf.matMul(value, w), b);
      if (i === layers.length - 1) return sum;
      return workload.activation === 'tanh' ? tf.tanh(sum) : tf.relu(sum);
    }, input);

  let step = 0;
  /** One step; its loss if it is wanted. */
  const train = wanted => {
    const next = batches[step++ % batches.length];
    return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(next.y, predict(next.x)), wanted);
  };
  return {
    version,
    device: `wasm${simd ? ', SIMD' : ''}`,
    threads: threaded ? getThreadsCount() : 1,
    async losses(steps) {
      const values = [];
      for (let i = 0; i < steps; i++) {
        const loss = train(true);
        values.push(loss.dataSync()[0]);
        loss.dispose();
      }
      return values;
    },
    round: milliseconds => timedRound(() => void train(false), batch, milliseconds),
  };
}
