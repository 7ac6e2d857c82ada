import { lastValueFrom, reduce } from 'rxjs';
import { InputError } from '../errors.js';
import { requireLoss } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import type { Network } from '../nn/network.js';
import { shown } from '../nn/options.js';
import { batches } from './batches.js';
import { openInference } from './inference.js';
import type { Pace } from './pull.js';
import { requireInteger } from './require-integer.js';
import { requireNetwork } from './require-part.js';

/** Options of `predict`. */
export interface PredictOptions extends Pace {
  /** The loss that the network was trained with: its link turns outputs into probabilities; without it they stay as they are. */
  readonly loss?: Loss | undefined;
  /** Rows that are computed at a time; 1024. */
  readonly chunk?: number | undefined;
}

/**
 * The network's predictions [rows, outputs], row by row, without dropout. x: [rows, inputs], as rows or row by row; no
 * rows give no predictions. Throws an `InputError` when a row has another length than the network has inputs.
 *
 * @example const [p] = await predict(net, [[0.5, 0.5]], { loss: binaryCrossEntropy() });
 */
export async function predict(
  net: Network,
  x: Float32Array | readonly (readonly number[])[],
  options: PredictOptions = {},
): Promise<Float32Array> {
  const { loss: lossFunction, chunk = 1024 } = options;
  requireNetwork('predict', net);
  if (lossFunction !== undefined) requireLoss('predict', lossFunction);
  requireInteger('chunk', chunk, 1);
  const values = rowByRow(net, x);
  const rows = values.length / net.inputs;
  const all = new Float32Array(rows * net.outputs);
  if (rows === 0) return all;
  const inference = openInference(net, { lossFunction, withLoss: false, withPrediction: true });
  const data = { rows, features: net.inputs, x: values, targets: 0, y: new Float32Array(0) };
  try {
    const chunks = batches(data, { ...options, size: chunk, epochs: 1, shuffle: false });
    await lastValueFrom(
      inference.run(chunks).pipe(
        reduce((filled, { prediction }) => {
          if (prediction !== undefined) all.set(prediction, filled);
          return filled + (prediction?.length ?? 0);
        }, 0),
      ),
    );
  } finally {
    inference.dispose();
  }
  return all;
}

function rowByRow(net: Network, x: Float32Array | readonly (readonly number[])[]): Float32Array {
  if (x instanceof Float32Array) {
    if (x.length % net.inputs === 0) return x;
    throw new InputError(
      `expected rows of ${net.inputs} numbers, as the network has inputs, got ${x.length} numbers in all`,
    );
  }
  const example = `[[${Array.from({ length: Math.min(net.inputs, 3) }, () => '0.5').join(', ')}${net.inputs > 3 ? ', …' : ''}]]`;
  const expected = `expected \`x\` to be rows of ${net.inputs} numbers such as ${example}, or all of them in one Float32Array`;
  if (!Array.isArray(x)) {
    throw new InputError(`${expected}, got ${ArrayBuffer.isView(x) ? `a ${x.constructor.name}` : shown(x)}`);
  }
  const values = new Float32Array(x.length * net.inputs);
  x.forEach((row: ArrayLike<number>, r) => {
    if (typeof row?.length !== 'number' || typeof row === 'string') {
      throw new InputError(`${expected}, got ${shown(row)} as row ${r + 1}`);
    }
    if (row.length !== net.inputs) {
      throw new InputError(
        `expected rows of ${net.inputs} numbers, as the network has inputs, got ${row.length} in row ${r + 1}`,
      );
    }
    values.set(row, r * net.inputs);
  });
  return values;
}
