import { lastValueFrom, mergeMap, toArray } from 'rxjs';
import type { Device } from '../../src/kernels/device.js';
import { dense } from '../../src/nn/layers/dense.js';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import type { Loss } from '../../src/nn/losses/loss.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { network, type Weights } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { adamw } from '../../src/nn/optimizers/adamw.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { rmsprop } from '../../src/nn/optimizers/rmsprop.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { batches } from '../../src/train/batches.js';
import { clipNorm } from '../../src/train/clip-norm.js';
import { forward } from '../../src/train/forward.js';
import { gradients } from '../../src/train/gradients.js';
import { loss } from '../../src/train/loss.js';
import { update } from '../../src/train/update.js';

// Runs in Node and in browsers: whoever calls it brings the recorded file.

/** One network of test/reference/torch_golden.json, which test/reference/torch_golden.py wrote with PyTorch. */
export interface GoldenCase {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly act: 'tanh' | 'relu' | 'sigmoid' | 'gelu';
  readonly loss: 'crossEntropy' | 'meanSquaredError' | 'binaryCrossEntropy';
  readonly opt: 'adam' | 'sgd' | 'adamw' | 'rmsprop';
  readonly lr: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly clipGlobalNorm?: number;
  readonly initial: { readonly weights: readonly (readonly number[][])[]; readonly biases: readonly number[][] };
  readonly batches: { readonly x: readonly number[][][]; readonly y: readonly (number | number[])[][] };
  readonly losses: { readonly float64: readonly number[] };
}

const LOSSES: Record<GoldenCase['loss'], () => Loss> = { crossEntropy, meanSquaredError, binaryCrossEntropy };

function optimizerOf(golden: GoldenCase): Optimizer {
  const { opt, lr: learningRate, momentum = 0, weightDecay = 0 } = golden;
  if (opt === 'adam') return adam({ learningRate });
  if (opt === 'adamw') return adamw({ learningRate, weightDecay });
  if (opt === 'rmsprop') return rmsprop({ learningRate });
  return sgd({ learningRate, momentum, nesterov: true });
}

/** Trains the case from its recorded weights on its recorded batches and returns the loss of every step. */
export async function goldenLosses(golden: GoldenCase, device: Device): Promise<number[]> {
  const { sizes, act } = golden;
  const last = sizes.length - 2;
  const layers = sizes.slice(1).map((units, i) => dense(units, i === last ? {} : { activation: act }));
  const net = network(layers, { inputs: sizes[0]!, device });
  const weights: Record<string, Float32Array> = {};
  golden.initial.weights.forEach((w, i) => {
    weights[`${i}.dense.weights`] = Float32Array.from(w.flat());
    weights[`${i}.dense.bias`] = Float32Array.from(golden.initial.biases[i]!);
  });
  net.load(weights as Weights);
  const x = Float32Array.from(golden.batches.x.flat(2));
  const y = Float32Array.from(golden.batches.y.flat(2));
  const rows = x.length / sizes[0]!;
  const data = { rows, features: sizes[0]!, x, y, targets: y.length / rows };
  const computed = batches(data, { size: golden.batches.x[0]!.length, epochs: 20, shuffle: false }).pipe(
    forward(net),
    loss(LOSSES[golden.loss]()),
    gradients(),
  );
  const clipped = golden.clipGlobalNorm === undefined ? computed : computed.pipe(clipNorm(golden.clipGlobalNorm));
  try {
    return await lastValueFrom(
      clipped.pipe(
        update(optimizerOf(golden)),
        mergeMap(step => step.loss.read()),
        mergeMap(value => value),
        toArray(),
      ),
    );
  } finally {
    net.dispose();
  }
}

/** The largest relative distance of the losses from PyTorch's in float64. */
export function goldenError(golden: GoldenCase, losses: readonly number[]): number {
  return golden.losses.float64.reduce(
    (worst, expected, i) => Math.max(worst, Math.abs(losses[i]! - expected) / Math.abs(expected)),
    0,
  );
}
