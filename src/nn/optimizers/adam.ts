import { add, div, mul, square } from '../../kernels/ops/arithmetic.js';
import { sqrt } from '../../kernels/ops/transcendental.js';
import { checkOptions, fraction, nonNegative, positive } from '../options.js';
import { type LearningRate, learningRate } from '../schedules.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { likeParameters, type Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Options of `adam` and `adamw`; the defaults are PyTorch's. */
export interface AdamOptions {
  /** 0.001 unless stated. */
  readonly learningRate?: LearningRate | undefined;
  /** 0.9 and 0.999 unless stated. */
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  /** 1e-8 unless stated. */
  readonly epsilon?: number | undefined;
  /** L2 penalty, as in `torch.optim.Adam`; 0 unless stated. For decoupled decay take `adamw`. */
  readonly weightDecay?: number | undefined;
}

/** What the options of adam and its kin accept. */
export const ADAM_RULES = {
  learningRate,
  beta1: fraction,
  beta2: fraction,
  epsilon: positive,
  weightDecay: nonNegative,
};

/**
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², u = m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), t from 1.
 * State: m of every parameter, then v of every parameter.
 */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  return {
    name: 'scaleByAdam',
    init: parameters => [...likeParameters(parameters), ...likeParameters(parameters)],
    scalars: step => [1 / (1 - beta1 ** (step + 1)), 1 / Math.sqrt(1 - beta2 ** (step + 1))],
    update({ gradients, state, scalars: [correction1, correction2] }) {
      const n = gradients.length;
      const m = gradients.map((g, i) => add(mul(state[i]!, beta1), mul(g, 1 - beta1)));
      const v = gradients.map((g, i) => add(mul(state[n + i]!, beta2), mul(square(g), 1 - beta2)));
      const updates = gradients.map((_, i) =>
        div(mul(m[i]!, correction1!), add(mul(sqrt(v[i]!), correction2!), epsilon)),
      );
      return { updates, state: [...m, ...v] };
    },
  };
}

/** Adam (Kingma and Ba, ICLR 2015), as `torch.optim.Adam`. */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('adam', options, ADAM_RULES);
  const { learningRate: rate = 1e-3, weightDecay: decay = 0 } = options;
  const parts = [...(decay > 0 ? [weightDecay(decay)] : []), scaleByAdam(options), descend(rate)];
  return { ...chain(...parts), name: 'adam' };
}
