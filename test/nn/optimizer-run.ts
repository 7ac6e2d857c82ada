import type { Shape } from '../../src/kernels/graph.js';
import { add } from '../../src/kernels/ops/arithmetic.js';
import { input } from '../../src/kernels/ops/leaves.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { evaluate } from '../kernels/reference.js';

/**
 * Runs an optimizer in float64, through the reference interpreter, from `start` (one array per parameter, of shape
 * [1, n]) and returns the parameters after each step.
 */
export function descendBy(
  optimizer: Optimizer,
  start: readonly (readonly number[])[],
  gradientAt: (parameters: readonly Float64Array[], step: number) => readonly (readonly number[])[],
  steps: number,
): Float64Array[][] {
  const shapes = start.map((values): Shape => [1, values.length]);
  const specs = optimizer.init(shapes);
  const gradients = shapes.map(shape => input(shape));
  const parameters = shapes.map(shape => input(shape));
  const state = specs.map(({ shape }) => input(shape));
  const scalars = optimizer.scalars(0).map(() => input([1, 1]));
  const { updates, state: newState } = optimizer.update({ gradients, state, parameters, scalars });
  const graph = {
    inputs: [...gradients, ...parameters, ...state, ...scalars],
    outputs: [...parameters.map((parameter, i) => add(parameter, updates[i]!)), ...newState],
  };

  let values: Float64Array[] = start.map(parameter => Float64Array.from(parameter));
  let stateValues: Float64Array[] = specs.map(({ shape, fill }) => new Float64Array(shape[0] * shape[1]).fill(fill));
  const history: Float64Array[][] = [];
  for (let step = 0; step < steps; step++) {
    const outputs = evaluate(graph, [
      ...gradientAt(values, step).map(gradient => Float64Array.from(gradient)),
      ...values,
      ...stateValues,
      ...optimizer.scalars(step).map(scalar => Float64Array.of(scalar)),
    ]);
    values = outputs.slice(0, values.length);
    stateValues = outputs.slice(values.length);
    history.push(values);
  }
  return history;
}
