import type { Node, Shape } from '../../kernels/graph.js';
import type { Initializer } from '../initializers.js';
import type { Plain } from '../plain.js';

/** A parameter that a layer needs: its role (`weights`), shape [rows, columns] and how it starts. */
export interface ParameterSpec {
  readonly role: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/** One layer: what it needs and how it transforms [rows, inputs] to [rows, outputs]. A user's own layer is such an object. */
export interface Layer {
  readonly name: string;
  /** What a file says of it: `{ "dense": { "units": 64 } }`. A layer without it is stored by its name and must be supplied on loading. */
  readonly config?: Plain | undefined;
  /** The number of columns it returns for a number of input columns. */
  outputs(inputs: number): number;
  parameters(inputs: number): readonly ParameterSpec[];
  apply(context: LayerContext): Node;
}

/** What a layer is applied to. */
export interface LayerContext {
  /** [rows, inputs] */
  readonly input: Node;
  /** One node for each entry of `parameters`, in order. */
  readonly parameters: readonly Node[];
  readonly training: boolean;
  /** A mask of the input's shape, 0 with probability `rate`, else 1 / (1 − rate); drawn anew for every batch. Only while training. */
  mask(rate: number): Node;
}
