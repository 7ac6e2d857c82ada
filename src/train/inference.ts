import type { Observable } from 'rxjs';
import type { Program, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import { input } from '../kernels/ops/leaves.js';
import { linked, lossValue } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import type { Network } from '../nn/network.js';
import type { Batch } from './batch.js';
import { holdMap } from './hold-map.js';
import { openResources } from './resources.js';

/** What came of one chunk of rows. */
export interface Inferred {
  readonly batch: Batch;
  /** [rows, outputs], after the loss's link, if it was asked for. */
  readonly prediction?: Float32Array | undefined;
  /** The mean loss over the chunk, if there was a loss to compute. */
  readonly loss?: number | undefined;
}

/** What to compute and to read back. */
export interface InferenceOptions {
  /** Gives the link; without it the prediction is the network's output. */
  readonly lossFunction?: Loss | undefined;
  readonly withLoss: boolean;
  readonly withPrediction: boolean;
}

/** A network compiled for inference, without dropout; programs are kept for the next run. */
export interface Inference {
  run(chunks: Observable<Batch>): Observable<Inferred>;
  dispose(): void;
}

/** Compiles at first use, once for each number of rows; the weights are those of the moment of each run. */
export function openInference(net: Network, options: InferenceOptions): Inference {
  const resources = openResources();
  const programs = new Map<string, Program>();
  const programFor = (batch: Batch): Program => {
    const key = `${batch.rows} ${batch.weights === undefined}`;
    let program = programs.get(key);
    if (program === undefined) {
      program = resources.own(compile(net, batch, options));
      programs.set(key, program);
    }
    return program;
  };
  const infer = async (batch: Batch): Promise<Inferred> => {
    const { own, rows } = batch;
    const { device } = net;
    const inputs = [own(device.tensor([rows, net.inputs], batch.x)), ...net.tensors()];
    if (options.withLoss) {
      inputs.push(own(device.tensor([rows, batch.targets], batch.y)));
      if (batch.weights !== undefined) inputs.push(own(device.tensor([rows, 1], batch.weights)));
    }
    const outputs = [...programFor(batch).run(inputs)];
    for (const output of outputs) own(output);
    const reading = (wanted: boolean) => (wanted ? (outputs.shift() as Tensor).read() : undefined);
    const [prediction, loss] = await Promise.all([reading(options.withPrediction), reading(options.withLoss)]);
    return { batch, prediction, loss: loss?.[0] };
  };
  return { run: chunks => chunks.pipe(holdMap(infer)), dispose: resources.close };
}

function compile(net: Network, batch: Batch, options: InferenceOptions): Program {
  const { lossFunction } = options;
  const trace = net.trace(batch.rows, { training: false });
  const inputs: Node[] = [trace.x, ...trace.parameters];
  const outputs: Node[] = [];
  if (options.withPrediction) {
    outputs.push(lossFunction === undefined ? trace.prediction : linked(lossFunction, trace.prediction));
  }
  if (options.withLoss && lossFunction !== undefined) {
    const target = input([batch.rows, batch.targets]);
    const weights = batch.weights === undefined ? undefined : input([batch.rows, 1]);
    inputs.push(target);
    if (weights !== undefined) inputs.push(weights);
    outputs.push(lossValue(lossFunction, { prediction: trace.prediction, target, weights }));
  }
  return net.device.compile({ inputs, outputs });
}
