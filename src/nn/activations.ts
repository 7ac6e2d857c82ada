import { didYouMean, InputError } from '../errors.js';
import type { Node } from '../kernels/graph.js';
import { sameShape, shapeText } from '../kernels/graph.js';
import { elu, gelu, leakyRelu, relu, selu, sigmoid, silu, softplus, tanh } from '../kernels/ops/activations.js';
import { softmax } from '../kernels/ops/softmax.js';
import { shown } from './options.js';
import type { Plain } from './plain.js';

/** From [rows, columns] to the same shape; any composition of ops, whose derivative follows by itself. */
export type ActivationFunction = (x: Node) => Node;

/** A user's activation with the name under which a model file will refer to it: the file it was loaded from, say. */
export interface CustomActivation {
  readonly use: string;
  readonly with?: Plain | undefined;
  readonly apply: ActivationFunction;
}

/** The built-in activations, element-wise but for `softmax`, which is over each row. */
export const activations = {
  linear: (x: Node): Node => x,
  sigmoid: (x: Node): Node => sigmoid(x),
  tanh: (x: Node): Node => tanh(x),
  relu: (x: Node): Node => relu(x),
  /** Slope 0.01 below zero. */
  leakyRelu: (x: Node): Node => leakyRelu(x),
  /** α = 1 */
  elu: (x: Node): Node => elu(x),
  selu: (x: Node): Node => selu(x),
  /** The exact form, x·Φ(x). */
  gelu: (x: Node): Node => gelu(x),
  silu: (x: Node): Node => silu(x),
  softplus: (x: Node): Node => softplus(x),
  softmax: (x: Node): Node => softmax(x),
} as const satisfies Record<string, ActivationFunction>;

/** A built-in activation. */
export type ActivationName = keyof typeof activations;

/** What a layer's `activation` option takes. */
export type Activation = ActivationName | ActivationFunction | CustomActivation;

/** An activation as a layer uses it: its name, its function, and what a file says of it. */
export interface ResolvedActivation {
  readonly name: string;
  readonly apply: ActivationFunction;
  readonly config: Plain;
}

const inline = new WeakMap<object, ActivationFunction>();

/** The plain function behind a reference that `resolveActivation` made from the function's own name; else undefined. */
export const functionBehind = (reference: object): ActivationFunction | undefined => inline.get(reference);

const isCustom = (value: unknown): value is CustomActivation =>
  typeof value === 'object' && value !== null && typeof (value as CustomActivation).apply === 'function';

/**
 * Looks an activation up by name, or wraps a user's function so that a wrong result is an error that names it.
 *
 * @throws InputError for an unknown name or a value that is neither name nor function.
 */
export function resolveActivation(activation: Activation): ResolvedActivation {
  if (typeof activation === 'string') {
    if (!Object.hasOwn(activations, activation)) {
      const names = Object.keys(activations);
      throw new InputError(
        `no activation "${activation}"${didYouMean(activation, names)}; there are ${names.join(', ')}, or a function of your own`,
      );
    }
    return { name: activation, apply: activations[activation], config: activation };
  }
  if (typeof activation === 'function') {
    const name = activation.name === '' ? 'custom' : activation.name;
    const config = { use: name };
    inline.set(config, activation);
    return { name, apply: checked(name, activation), config };
  }
  if (isCustom(activation)) {
    const { use, with: options, apply } = activation;
    return { name: use, apply: checked(use, apply), config: options === undefined ? { use } : { use, with: options } };
  }
  throw new InputError(`an activation must be a name or a function of a node, got ${shown(activation)}`);
}

function checked(name: string, apply: ActivationFunction): ActivationFunction {
  return x => {
    const y = apply(x);
    if (typeof y !== 'object' || y === null || !Array.isArray(y.shape)) {
      throw new InputError(`activation "${name}" must return a node, got ${shown(y)}`);
    }
    if (!sameShape(y.shape, x.shape)) {
      throw new InputError(
        `activation "${name}" must keep the shape ${shapeText(x.shape)}, it returned ${shapeText(y.shape)}`,
      );
    }
    return y;
  };
}
