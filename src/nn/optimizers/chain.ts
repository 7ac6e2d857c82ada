import type { Node } from '../../kernels/graph.js';
import { type Optimizer, requireOptimizer } from './optimizer.js';

/**
 * Transformations one after another: the updates of one are the gradients of the next.
 *
 * @example chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }))
 */
export function chain(...parts: readonly Optimizer[]): Optimizer {
  for (const [i, part] of parts.entries()) requireOptimizer('chain', `part ${i + 1}`, part);
  return {
    name: parts.map(part => part.name).join(' → '),
    init: parameters => parts.flatMap(part => part.init(parameters)),
    scalars(step) {
      // A loop: it runs at every step, and flatMap takes ten times as long.
      const all: number[] = [];
      for (const part of parts) for (const scalar of part.scalars(step)) all.push(scalar);
      return all;
    },
    update({ gradients, state, parameters, scalars }) {
      const shapes = parameters.map(parameter => parameter.shape);
      let updates = gradients;
      let [stateFrom, scalarsFrom] = [0, 0];
      const newState: Node[] = [];
      for (const part of parts) {
        const [stateTo, scalarsTo] = [stateFrom + part.init(shapes).length, scalarsFrom + part.scalars(0).length];
        const step = part.update({
          gradients: updates,
          state: state.slice(stateFrom, stateTo),
          parameters,
          scalars: scalars.slice(scalarsFrom, scalarsTo),
        });
        updates = step.updates;
        newState.push(...step.state);
        [stateFrom, scalarsFrom] = [stateTo, scalarsTo];
      }
      return { updates, state: newState };
    },
  };
}
