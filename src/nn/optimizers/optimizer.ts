import type { Node, Shape } from '../../kernels/graph.js';

/** One piece of optimizer state on the device: its shape and the value it starts filled with. */
export interface StateSpec {
  readonly shape: Shape;
  readonly fill: number;
}

/**
 * A gradient transformation as in Optax (DeepMind, `optax/_src/base.py`): pure, traced once into a graph.
 * What it returns is added to the parameters, so a plain descent is −α·gradient.
 */
export interface Optimizer {
  readonly name: string;
  /** The state it keeps for parameters of these shapes, in a flat order of its own. */
  init(parameters: readonly Shape[]): readonly StateSpec[];
  /** Numbers of this step (from 0) that the host computes in float64 — learning rate, bias corrections — and feeds as [1, 1] nodes. */
  scalars(step: number): readonly number[];
  update(context: {
    readonly gradients: readonly Node[];
    readonly state: readonly Node[];
    readonly parameters: readonly Node[];
    readonly scalars: readonly Node[];
  }): { readonly updates: readonly Node[]; readonly state: readonly Node[] };
}
