import { type Activation, resolveActivation } from '../activations.js';
import type { Layer } from './layer.js';

/** A layer that only applies an activation: a name, or a function of a node that keeps its shape. */
export function activation(kind: Activation): Layer {
  const { apply, config } = resolveActivation(kind);
  return {
    name: 'activation',
    config: { activation: config },
    outputs: inputs => inputs,
    parameters: () => [],
    apply: ({ input }) => apply(input),
  };
}
