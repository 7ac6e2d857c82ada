import { add, mul } from '../../kernels/ops/arithmetic.js';
import { checkOptions, flag, fraction } from '../options.js';
import { likeParameters, type Optimizer } from './optimizer.js';

/** Options of `momentum`. */
export interface MomentumOptions {
  /** μ, 0.9 unless stated. */
  readonly momentum?: number | undefined;
  /** Looks one step ahead (Nesterov, 1983; Sutskever et al., 2013). */
  readonly nesterov?: boolean | undefined;
}

/** b ← μ·b + g; returns b, or g + μ·b with Nesterov, as PyTorch does: the first b is g. A transformation: chain it with `sgd`. */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const checked = checkOptions('momentum', options, { momentum: fraction, nesterov: flag });
  const { momentum: mu = 0.9, nesterov = false } = checked;
  return {
    name: nesterov ? 'nesterov' : 'momentum',
    init: parameters => likeParameters(parameters),
    scalars: () => [],
    update({ gradients, state }) {
      const buffers = gradients.map((g, i) => add(mul(state[i]!, mu), g));
      return { updates: nesterov ? gradients.map((g, i) => add(g, mul(buffers[i]!, mu))) : buffers, state: buffers };
    },
  };
}
