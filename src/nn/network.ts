import { didYouMean, InputError } from '../errors.js';
import type { Device, Program, Tensor } from '../kernels/device.js';
import { type Node, sameShape, shapeText, sizeOf } from '../kernels/graph.js';
import { defaultDevice } from '../kernels/open-device.js';
import { input } from '../kernels/ops/leaves.js';
import { random } from '../random.js';
import type { Layer, ParameterSpec } from './layers/layer.js';
import { anyNumber, checkValue, count, fraction, shown } from './options.js';

/** One trainable matrix of a network. */
export interface Parameter {
  /** `0.dense.weights`: layer index, layer name, role. */
  readonly name: string;
  readonly layer: number;
  readonly role: string;
  readonly shape: readonly [rows: number, columns: number];
}

/** A network traced for a number of rows: leaves to feed and nodes to compute. */
export interface NetworkTrace {
  /** [rows, inputs] */
  readonly x: Node;
  /** One leaf per parameter, in the order of `network.parameters`. */
  readonly parameters: readonly Node[];
  /** Leaves for dropout masks (values 0 or 1 / (1 − rate)), present only when traced for training. */
  readonly masks: readonly { readonly node: Node; readonly rate: number }[];
  /** The output of every layer, [rows, width]; the last one is the prediction (logits, before the loss's link). */
  readonly activations: readonly Node[];
  readonly prediction: Node;
}

/** The values of every parameter on the host, by parameter name. */
export type Weights = Readonly<Record<string, Float32Array>>;

/** A copy of the weights on the device. */
export interface Snapshot {
  dispose(): void;
}

/** Layers with their parameters on a device. Made by `network`; `dispose` frees it. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly inputs: number;
  readonly outputs: number;
  readonly seed: number;
  /** Opened at first use, if none was given. */
  readonly device: Device;
  readonly parameters: readonly Parameter[];
  trace(rows: number, mode: { readonly training: boolean }): NetworkTrace;
  /** The parameters on the device, in order; made from the seed at first use. They belong to the network. */
  tensors(): readonly Tensor[];
  read(): Promise<Weights>;
  load(weights: Weights): void;
  /** Copies the weights on the device; no read-back. The copy lives until it or the network is disposed. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Frees the parameters on the device, and every snapshot; the network cannot be used afterwards. */
  dispose(): void;
}

/** A width that was meant otherwise would fill the memory for minutes before anything could stop it. */
const MOST_PARAMETERS = 2 ** 27;

/** Options of `network`. */
export interface NetworkOptions {
  /** The number of columns of x. */
  readonly inputs: number;
  /** Draws the starting weights and the dropout masks; 0 unless stated. */
  readonly seed?: number | undefined;
  /** Where the parameters live; the default device unless stated. */
  readonly device?: Device | undefined;
}

/** A layer in its place: its parameters and how many of the network's come before them. */
interface Placed {
  readonly layer: Layer;
  readonly index: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly first: number;
  readonly specs: readonly ParameterSpec[];
}

function place(layers: readonly Layer[], inputs: number): readonly Placed[] {
  let width = inputs;
  let first = 0;
  return layers.map((layer, index) => {
    if (typeof layer?.apply !== 'function' || typeof layer.outputs !== 'function') {
      throw new InputError(`layer ${index} must be a layer such as dense(64), got ${shown(layer)}`);
    }
    const outputs = checkValue(`layer ${index}: the outputs of "${layer.name}"`, layer.outputs(width), count);
    const specs = layer.parameters(width);
    checkRoles(layer, index, specs);
    const placed = { layer, index, inputs: width, outputs, first, specs };
    width = outputs;
    first += specs.length;
    return placed;
  });
}

/** Two parameters of one name would start equal, and only one of them would be saved. */
function checkRoles({ name }: Layer, index: number, specs: readonly ParameterSpec[]): void {
  const roles = specs.map(({ role }) => role);
  const twice = roles.find((role, i) => roles.indexOf(role) < i);
  if (twice === undefined) return;
  throw new InputError(
    `layer ${index} "${name}" has two parameters with the role "${twice}": each needs one of its own`,
  );
}

/**
 * A chain of layers with its parameters, for x [rows, inputs]. The starting weights depend on the seed and the
 * parameter's name only, so they are the same on every device.
 *
 * @throws InputError when there is no layer, `inputs` is not a whole number from 1 up, or there are more than 2²⁷ parameters.
 * @example network([dense(64, { activation: 'relu' }), dense(10)], { inputs: 64, seed: 1 })
 */
export function network(layers: readonly Layer[], options: NetworkOptions): Network {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new InputError('a network needs at least one layer, such as dense(10)');
  }
  const inputs = checkValue('network: inputs', options?.inputs, count);
  const seed = checkValue('network: seed', options.seed ?? 0, anyNumber);
  const placed = place(layers, inputs);
  const specs = placed.flatMap(p => p.specs);
  const parameters = placed.flatMap(({ layer, index, specs }) =>
    specs.map(({ role, shape }): Parameter => ({ name: `${index}.${layer.name}.${role}`, layer: index, role, shape })),
  );
  const size = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (size > MOST_PARAMETERS) {
    throw new InputError(`a network may have ${MOST_PARAMETERS} parameters (512 MiB), and this one has ${size}`);
  }

  let tensors: readonly Tensor[] | undefined;
  let copy: Program | undefined;
  let disposed = false;
  const snapshots = new Map<Snapshot, readonly Tensor[]>();
  const device = () => {
    if (disposed) throw new Error('the network was disposed');
    return options.device ?? defaultDevice();
  };
  const free = (some: readonly Tensor[] | undefined) => {
    for (const tensor of some ?? []) tensor.dispose();
  };
  const upload = (values: (parameter: Parameter, i: number) => Float32Array): readonly Tensor[] => {
    const uploaded: Tensor[] = [];
    try {
      for (const [i, parameter] of parameters.entries()) {
        uploaded.push(device().tensor(parameter.shape, values(parameter, i)));
      }
      return uploaded;
    } catch (error) {
      free(uploaded);
      throw error;
    }
  };
  const own = () =>
    (tensors ??= upload(({ name, shape }, i) => specs[i]!.initializer.fill(shape, random(seed, 'init', name))));
  const copied = (from: readonly Tensor[], into?: readonly Tensor[]): readonly Tensor[] => {
    if (parameters.length === 0) return [];
    if (copy === undefined) {
      const leaves = parameters.map(parameter => input(parameter.shape));
      copy = device().compile({ inputs: leaves, outputs: leaves });
    }
    return copy.run(from, into);
  };

  return {
    layers,
    inputs,
    outputs: placed.at(-1)!.outputs,
    seed,
    get device() {
      return device();
    },
    parameters,
    trace: (rows, { training }) => trace(placed, parameters, [rows, inputs], training),
    tensors: own,
    async read() {
      const values = await Promise.all(own().map(tensor => tensor.read()));
      return Object.fromEntries(parameters.map(({ name }, i) => [name, values[i]!.slice()]));
    },
    load(weights) {
      checkWeights(parameters, weights);
      const loaded = upload(({ name }) => weights[name]!);
      if (tensors === undefined) {
        tensors = loaded;
      } else {
        try {
          // In place: whoever holds the tensors goes on with the new values.
          copied(loaded, tensors);
        } finally {
          free(loaded);
        }
      }
    },
    snapshot() {
      const copies = copied(own());
      const snapshot: Snapshot = {
        dispose() {
          free(snapshots.get(snapshot));
          snapshots.delete(snapshot);
        },
      };
      snapshots.set(snapshot, copies);
      return snapshot;
    },
    restore(snapshot) {
      const copies = snapshots.get(snapshot);
      if (copies === undefined) throw new Error('the snapshot was disposed or belongs to another network');
      copied(copies, own());
    },
    dispose() {
      disposed = true;
      for (const snapshot of [...snapshots.keys()]) snapshot.dispose();
      free(tensors);
      tensors = undefined;
      copy?.dispose();
      copy = undefined;
    },
  };
}

function trace(
  placed: readonly Placed[],
  parameters: readonly Parameter[],
  shape: readonly [number, number],
  training: boolean,
): NetworkTrace {
  const x = input(shape);
  const leaves = parameters.map(parameter => input(parameter.shape));
  const masks: { node: Node; rate: number }[] = [];
  const activations: Node[] = [];
  let current = x;
  for (const { layer, index, first, specs, outputs } of placed) {
    const before = current;
    current = layer.apply({
      input: before,
      parameters: leaves.slice(first, first + specs.length),
      training,
      mask(rate) {
        const asked = `layer ${index} "${layer.name}"`;
        if (!training) throw new InputError(`${asked} asked for a mask, which there is while training only`);
        checkValue(`${asked}: the rate of its mask`, rate, fraction);
        const node = input(before.shape);
        masks.push({ node, rate });
        return node;
      },
    });
    const promised = [shape[0], outputs] as const;
    if (!Array.isArray(current?.shape) || !sameShape(current.shape, promised)) {
      const got = Array.isArray(current?.shape) ? shapeText(current.shape) : shown(current);
      throw new InputError(
        `layer ${index} "${layer.name}" must return a node of shape ${shapeText(promised)}, got ${got}`,
      );
    }
    activations.push(current);
  }
  return { x, parameters: leaves, masks, activations, prediction: current };
}

function checkWeights(parameters: readonly Parameter[], weights: Weights): void {
  const names = parameters.map(parameter => parameter.name);
  for (const name of Object.keys(weights)) {
    if (!names.includes(name)) throw new InputError(`the network has no parameter "${name}"${didYouMean(name, names)}`);
  }
  for (const { name, shape } of parameters) {
    const values = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (values === undefined) throw new InputError(`the weights lack the parameter "${name}" ${shapeText(shape)}`);
    if (values.length !== sizeOf(shape)) {
      throw new InputError(
        `the parameter "${name}" has ${sizeOf(shape)} values ${shapeText(shape)}, got ${values.length}`,
      );
    }
  }
}
