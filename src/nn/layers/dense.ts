import { add } from '../../kernels/ops/arithmetic.js';
import { matmul } from '../../kernels/ops/matmul.js';
import { type Activation, resolveActivation } from '../activations.js';
import { glorot, he, type Initializer, type InitializerName, lecun, toInitializer, zeros } from '../initializers.js';
import { checkOptions, checkValue, count, flag } from '../options.js';
import type { Plain } from '../plain.js';
import type { Layer } from './layer.js';

/** Options of `dense`. */
export interface DenseOptions {
  /** A name, or a function of a node; `linear` unless stated. */
  readonly activation?: Activation | undefined;
  /** Of the weights; by default what suits the activation: he for the relu family, lecun for selu, else glorot. */
  readonly initializer?: Initializer | InitializerName | Plain | undefined;
  /** Adds a bias row, which starts at zero; true unless stated. */
  readonly bias?: boolean | undefined;
}

const RELU_FAMILY = ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus'];

function initializerFor(activation: string): Initializer {
  if (RELU_FAMILY.includes(activation)) return he();
  return activation === 'selu' ? lecun() : glorot();
}

const anything = { accepts: 'anything', test: () => true };

/**
 * A fully connected layer, activation(x·W + b): x [rows, inputs], W [inputs, units], b [1, units].
 *
 * @throws InputError when `units` is not a whole number from 1 up or an option is wrong.
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  checkValue('dense: units', units, count);
  checkOptions('dense', options, { activation: anything, initializer: anything, bias: flag });
  const { bias = true } = options;
  const activation = resolveActivation(options.activation ?? 'linear');
  const initializer =
    options.initializer === undefined ? initializerFor(activation.name) : toInitializer(options.initializer);
  return {
    name: 'dense',
    config: {
      dense: {
        units,
        activation: activation.config,
        ...(options.initializer === undefined ? {} : { initializer: initializer.config ?? initializer.name }),
        ...(bias ? {} : { bias }),
      },
    },
    outputs: () => units,
    parameters: inputs => [
      { role: 'weights', shape: [inputs, units], initializer },
      ...(bias ? [{ role: 'bias', shape: [1, units] as const, initializer: zeros() }] : []),
    ],
    apply({ input, parameters: [weights, offset] }) {
      const product = matmul(input, weights!);
      return activation.apply(offset === undefined ? product : add(product, offset));
    },
  };
}
