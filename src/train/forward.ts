import type { OperatorFunction } from 'rxjs';
import { InputError } from '../errors.js';
import { differentiate } from '../kernels/autodiff.js';
import type { Device, Program, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import { input } from '../kernels/ops/leaves.js';
import { substitute } from '../kernels/substitute.js';
import type { Network, NetworkTrace } from '../nn/network.js';
import { random } from '../random.js';
import type { Batch } from './batch.js';
import { boundary, reached } from './boundary.js';
import { fillFrom, fillLeaves } from './fill-inputs.js';
import { compileNorms, type LayerNorm, type Norms } from './layer-norms.js';
import { requireNetwork } from './require-part.js';
import type { Resources } from './resources.js';
import { stage } from './stage.js';
import type { Writable } from './writable.js';

/** A batch with the network's prediction for it. */
export interface Forward extends Batch {
  readonly net: Network;
  /** [rows, outputs], before the loss's link. */
  readonly prediction: Tensor;
  /**
   * The size of every layer's output on this batch, dropout included, as the prediction came about. A layer's output that the
   * gradients do not need is computed again, with the weights of the moment. Nothing is computed or read back unless it is called.
   */
  activationNorms(): Promise<readonly LayerNorm[]>;
  /** What the `gradients` stage needs of the forward pass. */
  readonly pass: ForwardPass;
}

/** A forward pass: the traced program, what went in and what came out. */
export interface ForwardPass {
  readonly traced: TracedForward;
  readonly x: Tensor;
  /** One for each of `traced.trace.masks`; undefined if there are none. */
  readonly masks: readonly Tensor[] | undefined;
  /** The prediction, then one for each of `traced.saved`. */
  readonly outputs: readonly Tensor[];
}

/** A network traced and compiled for a number of rows. */
export interface TracedForward {
  readonly trace: NetworkTrace;
  /** x, parameters, masks. */
  readonly leaves: readonly Node[];
  /** The gradient with respect to every parameter, as nodes over `leaves`, `saved`, the prediction and `cotangent`; absent without training. */
  readonly gradients?: readonly Node[];
  /** The leaf for the gradient of the loss with respect to the prediction. */
  readonly cotangent: Node;
  /** Nodes of the forward pass that `gradients` read: returned after the prediction, so that nothing is computed twice. */
  readonly saved: readonly Node[];
  readonly program: Program;
}

/** Options of `forward`. */
export interface ForwardOptions {
  /** Whether dropout is applied and what the gradients need is kept; true. */
  readonly training?: boolean | undefined;
}

/**
 * Batch → the network's prediction for it. Dropout masks are drawn from the batch's seed and step. Throws an
 * `InputError` when the batch has another number of columns than the network has inputs.
 *
 * @example batches(data, { size: 32 }).pipe(forward(net))
 */
export function forward<T extends Batch>(net: Network, options: ForwardOptions = {}): OperatorFunction<T, T & Forward> {
  requireNetwork('forward', net);
  const { training = true } = options;
  return stage<T, T & Forward>(resources => {
    const device = net.device;
    const traces = new Map<number, TracedForward>();
    const norms = new Map<TracedForward, Norms>();
    const traceFor = (batch: Batch): TracedForward => {
      requireInputs(net, batch.features);
      const traced = traceForward(net, batch.rows, training, resources);
      traces.set(batch.rows, traced);
      return traced;
    };
    const normsFor = (traced: TracedForward) => {
      let read = norms.get(traced);
      if (read === undefined) {
        read = activationNorms(net, traced, resources);
        norms.set(traced, read);
      }
      return read;
    };
    // Programs read their arrays of tensors during the call only, so one array serves every batch.
    const inputs: Tensor[] = [];
    return batch => {
      const traced = traces.get(batch.rows) ?? traceFor(batch);
      const { own } = batch;
      const { trace, program } = traced;
      const x = own(device.tensor(trace.x.shape, batch.x));
      const masks = trace.masks.length === 0 ? undefined : drawMasks(trace, batch, device);
      fillLeaves(inputs, 0, net, x, masks);
      const outputs = program.run(inputs);
      for (const output of outputs) own(output);
      const predicted = batch as unknown as Writable<Forward>;
      predicted.net = net;
      predicted.prediction = outputs[0] as Tensor;
      const pass = { traced, x, masks, outputs };
      predicted.activationNorms = () => normsFor(traced).read(passTensors(net, pass));
      predicted.pass = pass;
      return batch as T & Forward;
    };
  });
}

/** The program that takes `passTensors` to the norms of the layers' outputs; most of these are among them. */
export function activationNorms(net: Network, traced: TracedForward, resources: Resources): Norms {
  const { trace, leaves, saved } = traced;
  const kept = [...new Set([trace.prediction, ...saved])].map(node => [node, input(node.shape)] as const);
  const known = new Map(kept);
  const outputs = [trace.prediction, ...saved].map(node => known.get(node) as Node);
  const layers = substitute(trace.activations, known).map((node, layer) => ({
    layer,
    layerName: layerName(net, layer),
    nodes: [node],
  }));
  return compileNorms(net.device, [...leaves, ...outputs], layers, resources);
}

/** The tensors of a forward pass: those for the leaves, then the outputs. */
export function passTensors(net: Network, { x, masks, outputs }: ForwardPass): readonly Tensor[] {
  const tensors: Tensor[] = [];
  fillFrom(outputs, 0, tensors, fillLeaves(tensors, 0, net, x, masks));
  return tensors;
}

/** Throws an `InputError` unless data of `features` columns fits the network. */
export function requireInputs(net: Network, features: number): void {
  if (features === net.inputs) return;
  throw new InputError(`expected data with ${net.inputs} feature columns, as the network has inputs, got ${features}`);
}

/** A layer's name, for people. */
export const layerName = (net: Network, layer: number): string => net.layers[layer]?.name ?? '';

function traceForward(net: Network, rows: number, training: boolean, resources: Resources): TracedForward {
  const trace = net.trace(rows, { training });
  const leaves = [trace.x, ...trace.parameters, ...trace.masks.map(mask => mask.node)];
  const cotangent = input(trace.prediction.shape);
  const gradients = training ? differentiate(trace.prediction, trace.parameters, cotangent) : undefined;
  const saved = boundary(gradients ?? [], reached([trace.prediction])).filter(node => node !== trace.prediction);
  const program = resources.own(net.device.compile({ inputs: leaves, outputs: [trace.prediction, ...saved] }));
  return { trace, leaves, cotangent, saved, program, ...(gradients && { gradients }) };
}

function drawMasks({ masks }: NetworkTrace, batch: Batch, device: Device): readonly Tensor[] {
  return masks.map(({ node, rate }, i) => batch.own(device.tensor(node.shape, maskValues(node, rate, batch, i))));
}

function maskValues(node: Node, rate: number, batch: Batch, index: number): Float32Array {
  const values = random(batch.seed, 'dropout', batch.step, index).fill(new Float32Array(node.shape[0] * node.shape[1]));
  const kept = 1 / (1 - rate);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) < rate ? 0 : kept;
  return values;
}
