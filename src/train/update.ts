import { concat, defer, type OperatorFunction } from 'rxjs';
import { InputError } from '../errors.js';
import type { Program, Tensor } from '../kernels/device.js';
import type { Node, Shape } from '../kernels/graph.js';
import { shapeText, sizeOf } from '../kernels/graph.js';
import { add } from '../kernels/ops/arithmetic.js';
import { input } from '../kernels/ops/leaves.js';
import { pick } from '../kernels/ops/pick.js';
import type { Network } from '../nn/network.js';
import { type Optimizer, requireOptimizer } from '../nn/optimizers/optimizer.js';
import type { TrainingMemory } from './checkpointing.js';
import { fillFrom } from './fill-inputs.js';
import { parameterNorms, type WithGradients } from './gradients.js';
import { type KeepUp, keepUp } from './keep-up.js';
import type { LayerNorm, Norms } from './layer-norms.js';
import { requireStage } from './require-stage.js';
import type { Resources } from './resources.js';
import type { RunAhead } from './run-ahead.js';
import { stage } from './stage.js';
import { usedGradients } from './used-gradients.js';
import type { Writable } from './writable.js';

/** A batch whose gradients have moved the parameters. */
export interface Step extends WithGradients {
  /** Optimizer steps taken by this stage so far, this one included. */
  readonly steps: number;
  /**
   * The size of what was added to the parameters of every layer. Rejects unless the stage was made with `norms: true`,
   * because what was added is not kept otherwise.
   */
  updateNorms(): Promise<readonly LayerNorm[]>;
}

/** Options of `update`. */
export interface UpdateOptions {
  /** Whether what is added to the parameters is kept for `updateNorms()`; false. Costs a few kernels a step. */
  readonly norms?: boolean | undefined;
  /** Of a training that is stored, or goes on from where it was: the state starts with what it has. */
  readonly memory?: TrainingMemory | undefined;
  /** Of a training that takes steps without this stage. */
  readonly ahead?: RunAhead | undefined;
}

/**
 * Gradients → one optimizer step, written into the network's parameters on the device. The optimizer's state starts
 * anew with every subscription. On an asynchronous device the batch is held now and then until the device has caught up;
 * when a kernel has failed there, the stream errors with its reason.
 *
 * @example batches(data, { size: 32 }).pipe(forward(net), loss(crossEntropy()), gradients(), update(sgd({ learningRate: 0.1 })))
 */
export function update<T extends WithGradients>(
  optimizer: Optimizer,
  options: UpdateOptions = {},
): OperatorFunction<T, T & Step> {
  requireOptimizer('update', '`optimizer`', optimizer);
  const keep = options.norms === true;
  return source =>
    defer(() => {
      const pace = keepUp();
      return concat(source.pipe(updates(optimizer, keep, pace, options)), pace.end);
    });
}

function updates<T extends WithGradients>(
  optimizer: Optimizer,
  keep: boolean,
  pace: KeepUp,
  { memory, ahead }: UpdateOptions,
): OperatorFunction<T, T & Step> {
  return stage<T, T & Step>(resources => {
    let compiled: CompiledUpdate | undefined;
    let norms: Norms | undefined;
    let steps = memory?.from?.step ?? 0;
    const numbersOfNext = () => optimizer.scalars(steps);
    ahead?.counts(() => {
      steps++;
    });
    const readNorms = (net: Network, updates: readonly Tensor[]) => {
      norms ??= parameterNorms(net, resources);
      return norms.read(updates);
    };
    return batch => {
      const { own, net } = batch;
      if (compiled === undefined) {
        requireStage('update()', batch, 'gradients');
        usedGradients.add(batch.gradients);
        compiled = compileUpdate(optimizer, net, keep, resources, memory);
      }
      const { device } = net;
      const { program, resident, scalars, inputs } = compiled;
      requireGradients(batch.gradients, net);
      const end = fillFrom(batch.gradients, 0, inputs, 0) + resident.length;
      if (scalars !== undefined) {
        const numbers = optimizer.scalars(steps);
        inputs[end] = own(device.tensor(scalars, numbers));
        ahead?.numbers(numbers, numbersOfNext);
      }
      const outputs = program.run(inputs, resident);
      for (let i = resident.length; i < outputs.length; i++) own(outputs[i] as Tensor);
      pace.step(batch, device);
      steps++;
      const moved = batch as unknown as Writable<Step>;
      moved.steps = steps;
      moved.updateNorms = keep ? () => readNorms(net, outputs.slice(resident.length)) : notKept;
      return batch as T & Step;
    };
  });
}

const notKept = (): Promise<never> =>
  Promise.reject(new Error('updateNorms() needs the updates kept: write update(optimizer, { norms: true }).'));

interface CompiledUpdate {
  readonly program: Program;
  /** The parameters, then the optimizer's state. */
  readonly resident: readonly Tensor[];
  /** The shape of the optimizer's numbers, if it has any. */
  readonly scalars: Shape | undefined;
  /** What the program reads: the gradients of each batch, `resident`, the numbers of each step. */
  readonly inputs: Tensor[];
}

function compileUpdate(
  optimizer: Optimizer,
  net: Network,
  keep: boolean,
  resources: Resources,
  memory: TrainingMemory | undefined,
): CompiledUpdate {
  const { device } = net;
  const shapes: readonly Shape[] = net.parameters.map(parameter => parameter.shape);
  const specs = optimizer.init(shapes);
  const gradients = shapes.map(shape => input(shape));
  const parameters = shapes.map(shape => input(shape));
  const state = specs.map(({ shape }) => input(shape));
  const count = optimizer.scalars(0).length;
  const scalars = count > 0 ? [input([1, count])] : [];
  const picked = Array.from({ length: count }, (_, i) => pick(scalars[0] as Node, 0, i));
  const result = optimizer.update({ gradients, state, parameters, scalars: picked });
  requireShapes(`${optimizer.name}: its updates`, result.updates, shapes);
  requireShapes(
    `${optimizer.name}: its state`,
    result.state,
    specs.map(({ shape }) => shape),
  );
  const moved = parameters.map((parameter, i) => add(parameter, result.updates[i] as Node));
  const outputs = [...moved, ...result.state, ...(keep ? result.updates : [])];
  const program = resources.own(
    device.compile({ inputs: [...gradients, ...parameters, ...state, ...scalars], outputs }),
  );
  const resident = [...net.tensors()];
  for (const [i, { shape, fill }] of specs.entries()) {
    const values = memory?.from?.optimizer[i] ?? new Float32Array(sizeOf(shape)).fill(fill);
    resident.push(resources.own(device.tensor(shape, values)));
  }
  if (memory !== undefined) memory.optimizer = () => resident.slice(shapes.length);
  const slots: Tensor[] = [];
  fillFrom(resident, 0, slots, fillFrom(net.tensors(), 0, slots, 0));
  return { program, resident, scalars: scalars[0]?.shape, inputs: slots };
}

/** Throws an `InputError` unless there is one gradient for each parameter. */
function requireGradients({ length }: readonly Tensor[], { parameters }: Network): void {
  if (length === parameters.length) return;
  throw new InputError(`expected a gradient for each of the ${parameters.length} parameters, got ${length}`);
}

/** Throws an `InputError` unless an optimizer returned nodes of these shapes, in order. */
function requireShapes(what: string, nodes: readonly Node[], shapes: readonly Shape[]): void {
  const given = nodes.map(node => shapeText(node.shape)).join(', ');
  const wanted = shapes.map(shapeText).join(', ');
  if (given !== wanted)
    throw new InputError(`${what} must have the shapes ${wanted || 'none'}, got ${given || 'none'}`);
}
