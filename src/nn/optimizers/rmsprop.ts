import { add, div, mul, square } from '../../kernels/ops/arithmetic.js';
import { sqrt } from '../../kernels/ops/transcendental.js';
import { checkOptions, fraction, nonNegative, positive } from '../options.js';
import { type LearningRate, learningRate } from '../schedules.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { momentum } from './momentum.js';
import { likeParameters, type Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Options of `rmsprop`; the defaults are PyTorch's. */
export interface RmspropOptions {
  /** 0.01 unless stated. */
  readonly learningRate?: LearningRate | undefined;
  /** ρ, of the mean square (PyTorch's alpha); 0.99 unless stated. */
  readonly decay?: number | undefined;
  /** 1e-8 unless stated, added outside the root. */
  readonly epsilon?: number | undefined;
  /** 0 unless stated. */
  readonly momentum?: number | undefined;
  /** L2 penalty; 0 unless stated. */
  readonly weightDecay?: number | undefined;
}

/** v ← ρv + (1 − ρ)g², u = g / (√v + ε) */
function scaleByMeanSquare({ decay = 0.99, epsilon = 1e-8 }: RmspropOptions): Optimizer {
  return {
    name: 'scaleByMeanSquare',
    init: parameters => likeParameters(parameters),
    scalars: () => [],
    update({ gradients, state }) {
      const v = gradients.map((g, i) => add(mul(state[i]!, decay), mul(square(g), 1 - decay)));
      return { updates: gradients.map((g, i) => div(g, add(sqrt(v[i]!), epsilon))), state: v };
    },
  };
}

/** RMSprop (Hinton, lecture 6e, 2012), as `torch.optim.RMSprop`. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  checkOptions('rmsprop', options, {
    learningRate,
    decay: fraction,
    epsilon: positive,
    momentum: fraction,
    weightDecay: nonNegative,
  });
  const { learningRate: rate = 0.01, momentum: mu = 0, weightDecay: l2 = 0 } = options;
  const parts = [
    ...(l2 > 0 ? [weightDecay(l2)] : []),
    scaleByMeanSquare(options),
    ...(mu > 0 ? [momentum({ momentum: mu })] : []),
    descend(rate),
  ];
  return { ...chain(...parts), name: 'rmsprop' };
}
