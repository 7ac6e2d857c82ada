import type { OperatorFunction } from 'rxjs';
import { InputError } from '../errors.js';
import { differentiate } from '../kernels/autodiff.js';
import type { Program, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import { input } from '../kernels/ops/leaves.js';
import { lossValue, requireLoss } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import type { Network } from '../nn/network.js';
import { boundary, reached } from './boundary.js';
import type { Forward } from './forward.js';
import { requireStage } from './require-stage.js';
import type { Resources } from './resources.js';
import { stage } from './stage.js';
import type { Writable } from './writable.js';

/** A batch with its loss. */
export interface WithLoss extends Forward {
  /** The mean loss over the batch, [1, 1], on the device: `await loss.read()` gives it. */
  readonly loss: Tensor;
  readonly lossFunction: Loss;
  /** What the `gradients` stage needs of the loss. */
  readonly lossPass: LossPass;
}

/** The traced loss, what went in and what came out. */
export interface LossPass {
  readonly traced: TracedLoss;
  readonly prediction: Tensor;
  readonly target: Tensor;
  readonly weights: Tensor | undefined;
  /** The loss, then one for each of `traced.saved`. */
  readonly outputs: readonly Tensor[];
}

/** A loss traced and compiled for a number of rows. */
export interface TracedLoss {
  /** prediction, target and, if the batch has them, weights. */
  readonly leaves: readonly Node[];
  /** The gradient with respect to the prediction, as a node over `leaves` and `saved`. */
  readonly gradient: Node;
  readonly saved: readonly Node[];
  readonly program: Program;
}

/**
 * Prediction → the loss against the batch's targets. Throws an `InputError` when the targets do not fit: none, another
 * number of columns than the network has outputs, or a class that it has no output for.
 *
 * @example batches(data, { size: 32 }).pipe(forward(net), loss(crossEntropy()))
 */
export function loss<T extends Forward>(lossFunction: Loss): OperatorFunction<T, T & WithLoss> {
  requireLoss('loss', lossFunction);
  return stage<T, T & WithLoss>(resources => {
    const plain = new Map<number, TracedLoss>();
    const weighted = new Map<number, TracedLoss>();
    return batch => {
      const { own, rows, net, prediction } = batch;
      const cache = batch.weights === undefined ? plain : weighted;
      let traced = cache.get(rows);
      if (traced === undefined) requireStage('loss()', batch, 'prediction');
      const { device } = net;
      requireTargets(lossFunction, net, batch);
      if (traced === undefined) {
        traced = traceLoss(lossFunction, batch, resources);
        cache.set(rows, traced);
      }
      const target = own(device.tensor([rows, batch.targets], batch.y));
      const weights = batch.weights && own(device.tensor([rows, 1], batch.weights));
      const outputs = traced.program.run(weights === undefined ? [prediction, target] : [prediction, target, weights]);
      for (const output of outputs) own(output);
      const judged = batch as unknown as Writable<WithLoss>;
      judged.loss = outputs[0] as Tensor;
      judged.lossFunction = lossFunction;
      judged.lossPass = { traced, prediction, target, weights, outputs };
      return batch as T & WithLoss;
    };
  });
}

/** Targets as a batch or a dataset has them. */
interface Targets {
  readonly rows: number;
  readonly y: Float32Array;
  readonly targets: number;
}

/** Throws an `InputError` unless the loss can compare these targets with the network's outputs. */
export function requireTargets(lossFunction: Loss, net: Network, { rows, y, targets }: Targets): void {
  if (y.length !== rows * targets || targets === 0) {
    throw new InputError(`expected a target for every row, got ${y.length} numbers for ${rows} rows`);
  }
  const columns = lossFunction.targets === 'classes' ? 1 : net.outputs;
  if (targets !== columns) {
    throw new InputError(
      `${lossFunction.name} expects ${columns} target columns for ${net.outputs} network outputs, got ${targets}`,
    );
  }
  if (lossFunction.targets !== 'classes') return;
  for (let row = 0; row < rows; row++) {
    const value = y[row] as number;
    if (value >= 0 && value < net.outputs && Math.floor(value) === value) continue;
    throw new InputError(
      `${lossFunction.name} expects classes from 0 to ${net.outputs - 1}, one for each network output, got ${value} in row ${row + 1}`,
    );
  }
}

function traceLoss(lossFunction: Loss, batch: Forward, resources: Resources): TracedLoss {
  const { net, rows } = batch;
  const prediction = input(batch.prediction.shape);
  const target = input([rows, batch.targets]);
  const weights = batch.weights === undefined ? undefined : input([rows, 1]);
  const value = lossValue(lossFunction, { prediction, target, weights });
  const gradient = differentiate(value, [prediction])[0] as Node;
  const leaves = weights === undefined ? [prediction, target] : [prediction, target, weights];
  const saved = boundary([gradient], reached([value])).filter(node => node !== value);
  const program = resources.own(net.device.compile({ inputs: leaves, outputs: [value, ...saved] }));
  return { leaves, gradient, saved, program };
}
