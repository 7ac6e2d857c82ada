import { add, div, square } from '../../kernels/ops/arithmetic.js';
import { sqrt } from '../../kernels/ops/transcendental.js';
import { checkOptions, nonNegative, positive } from '../options.js';
import { type LearningRate, learningRate } from '../schedules.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { likeParameters, type Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Options of `adagrad`; the defaults are PyTorch's. */
export interface AdagradOptions {
  /** 0.01 unless stated. */
  readonly learningRate?: LearningRate | undefined;
  /** 1e-10 unless stated, added outside the root. */
  readonly epsilon?: number | undefined;
  /** What the sums of squares start at; 0 unless stated. */
  readonly initialAccumulator?: number | undefined;
  /** L2 penalty; 0 unless stated. */
  readonly weightDecay?: number | undefined;
}

/** s ← s + g², u = g / (√s + ε) */
function scaleBySumOfSquares({ epsilon = 1e-10, initialAccumulator = 0 }: AdagradOptions): Optimizer {
  return {
    name: 'scaleBySumOfSquares',
    init: parameters => likeParameters(parameters, initialAccumulator),
    scalars: () => [],
    update({ gradients, state }) {
      const sums = gradients.map((g, i) => add(state[i]!, square(g)));
      return { updates: gradients.map((g, i) => div(g, add(sqrt(sums[i]!), epsilon))), state: sums };
    },
  };
}

/** Adagrad (Duchi, Hazan and Singer, JMLR 2011), as `torch.optim.Adagrad`. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptions('adagrad', options, {
    learningRate,
    epsilon: positive,
    initialAccumulator: nonNegative,
    weightDecay: nonNegative,
  });
  const { learningRate: rate = 0.01, weightDecay: decay = 0 } = options;
  const parts = [...(decay > 0 ? [weightDecay(decay)] : []), scaleBySumOfSquares(options), descend(rate)];
  return { ...chain(...parts), name: 'adagrad' };
}
