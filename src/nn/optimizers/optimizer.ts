import { InputError } from '../../errors.js';
import type { Node, Shape } from '../../kernels/graph.js';
import { shown } from '../options.js';

/** One piece of optimizer state on the device: its shape and the value it starts filled with. */
export interface StateSpec {
  readonly shape: Shape;
  readonly fill: number;
}

/** What an update sees: one gradient and one parameter node per parameter, its state and scalars in the order it asked for. */
export interface UpdateContext {
  readonly gradients: readonly Node[];
  readonly state: readonly Node[];
  readonly parameters: readonly Node[];
  readonly scalars: readonly Node[];
}

/** What is added to the parameters, one node per parameter, and the new state. */
export interface Update {
  readonly updates: readonly Node[];
  readonly state: readonly Node[];
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
  update(context: UpdateContext): Update;
}

/** A transformation that keeps nothing and needs no numbers: only `update`, of each gradient with its parameter. */
export function stateless(name: string, each: (gradient: Node, parameter: Node) => Node): Optimizer {
  return {
    name,
    init: () => [],
    scalars: () => [],
    update: ({ gradients, parameters }) => ({ updates: gradients.map((g, i) => each(g, parameters[i]!)), state: [] }),
  };
}

/** One state matrix of the shape of each parameter, starting at `fill`. */
export const likeParameters = (parameters: readonly Shape[], fill = 0): StateSpec[] =>
  parameters.map(shape => ({ shape, fill }));

/** Throws an `InputError` unless `where` was given an optimizer as `what`. */
export function requireOptimizer(where: string, what: string, optimizer: Optimizer): void {
  const { init, scalars, update } = (optimizer ?? {}) as Partial<Optimizer>;
  if ([init, scalars, update].every(part => typeof part === 'function')) return;
  throw new InputError(
    `${where}: expected ${what} to be an optimizer, made by a call such as adam(), got ${shown(optimizer)}`,
  );
}
