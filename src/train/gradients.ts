import type { OperatorFunction } from 'rxjs';
import { InputError } from '../errors.js';
import type { Program, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import { input } from '../kernels/ops/leaves.js';
import { substitute } from '../kernels/substitute.js';
import type { Network } from '../nn/network.js';
import { fillFrom, fillLeaves } from './fill-inputs.js';
import { type ForwardPass, layerName, type TracedForward } from './forward.js';
import { compileNorms, type LayerNorm, type LayerValues, type Norms } from './layer-norms.js';
import type { LossPass, TracedLoss, WithLoss } from './loss.js';
import { requireStage } from './require-stage.js';
import type { Resources } from './resources.js';
import { stage } from './stage.js';
import type { Writable } from './writable.js';

/** A batch with the gradients of its loss. */
export interface WithGradients extends WithLoss {
  /** ∂loss/∂parameter, one for each of `net.parameters`; a stage of one's own may put others in their place. */
  readonly gradients: readonly Tensor[];
  /**
   * The size of the gradients of every layer that has parameters, as this stage computed them (before clipping).
   * Nothing is computed or read back unless it is called.
   */
  gradientNorms(): Promise<readonly LayerNorm[]>;
  /** What `gradientNorms` measures: the gradients as this stage computed them. */
  readonly gradientPass?: readonly Tensor[] | undefined;
}

interface TracedGradients {
  readonly forward: TracedForward;
  readonly loss: TracedLoss;
  readonly program: Program;
  /** What the program reads, filled for each batch. */
  readonly inputs: Tensor[];
}

/**
 * Loss → its gradient with respect to every parameter, by the chain rule from what the forward pass and the loss kept.
 *
 * @example batches(data, { size: 32 }).pipe(forward(net), loss(crossEntropy()), gradients())
 */
export function gradients<T extends WithLoss>(): OperatorFunction<T, T & WithGradients> {
  return stage<T, T & WithGradients>(resources => {
    const traces: TracedGradients[] = [];
    let traced: TracedGradients | undefined;
    let norms: Norms | undefined;
    const tracedFor = (batch: WithLoss): TracedGradients => {
      requireStage('gradients()', batch, 'lossPass');
      const { net, pass, lossPass } = batch;
      const known = traces.find(trace => isOf(trace, pass, lossPass));
      if (known !== undefined) return known;
      requireParameters(net);
      const made = traceGradients(net, pass.traced, lossPass.traced, resources);
      traces.push(made);
      return made;
    };
    return batch => {
      const { own, net, pass, lossPass } = batch;
      if (traced === undefined || !isOf(traced, pass, lossPass)) traced = tracedFor(batch);
      const { inputs } = traced;
      let end = 0;
      inputs[end++] = lossPass.prediction;
      inputs[end++] = lossPass.target;
      if (lossPass.weights !== undefined) inputs[end++] = lossPass.weights;
      end = fillFrom(lossPass.outputs, 1, inputs, end);
      end = fillLeaves(inputs, end, net, pass.x, pass.masks);
      fillFrom(pass.outputs, 1, inputs, end);
      const outputs = traced.program.run(inputs);
      for (const output of outputs) own(output);
      const derived = batch as unknown as Writable<WithGradients>;
      derived.gradients = outputs;
      derived.gradientNorms = () => {
        norms ??= parameterNorms(net, resources);
        return norms.read(outputs);
      };
      derived.gradientPass = outputs;
      return batch as T & WithGradients;
    };
  });
}

const isOf = (trace: TracedGradients, pass: ForwardPass, lossPass: LossPass): boolean =>
  trace.forward === pass.traced && trace.loss === lossPass.traced;

/** Throws an `InputError` if the network has nothing to train. */
export function requireParameters(net: Network): void {
  if (net.parameters.length === 0) throw new InputError('the network has no parameters to train');
}

/** The program that takes a matrix for each parameter of the network to the norms of the layers. */
export function parameterNorms(net: Network, resources: Resources): Norms {
  const inputs = net.parameters.map(parameter => input(parameter.shape));
  const layers = new Map<number, LayerValues & { readonly nodes: Node[] }>();
  net.parameters.forEach(({ layer }, i) => {
    const values = layers.get(layer) ?? { layer, layerName: layerName(net, layer), nodes: [] };
    values.nodes.push(inputs[i] as Node);
    layers.set(layer, values);
  });
  return compileNorms(net.device, inputs, [...layers.values()], resources);
}

function traceGradients(net: Network, forward: TracedForward, loss: TracedLoss, resources: Resources): TracedGradients {
  if (forward.gradients === undefined) {
    throw new InputError(
      'gradients() needs what forward() keeps while training: expected forward(net), got forward(net, { training: false })',
    );
  }
  const kept = new Map<Node, Node>([...loss.saved, ...forward.saved].map(node => [node, input(node.shape)]));
  const [prediction] = loss.leaves as [Node];
  const [cotangent] = substitute([loss.gradient], kept) as [Node];
  const outputs = substitute(
    forward.gradients,
    new Map([...kept, [forward.trace.prediction, prediction], [forward.cotangent, cotangent]]),
  );
  const leafOf = (node: Node) => kept.get(node) as Node;
  const inputs = [...loss.leaves, ...loss.saved.map(leafOf), ...forward.leaves, ...forward.saved.map(leafOf)];
  return { forward, loss, program: resources.own(net.device.compile({ inputs, outputs })), inputs: [] };
}
