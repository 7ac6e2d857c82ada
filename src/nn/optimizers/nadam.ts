import { add, div, mul, square } from '../../kernels/ops/arithmetic.js';
import { sqrt } from '../../kernels/ops/transcendental.js';
import { checkOptions, nonNegative } from '../options.js';
import { ADAM_RULES, type AdamOptions } from './adam.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { likeParameters, type Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Options of `nadam`; the defaults are PyTorch's. */
export interface NadamOptions extends AdamOptions {
  /** ψ, how fast the momentum warms up; 0.004 unless stated. */
  readonly momentumDecay?: number | undefined;
}

/** μₜ = β₁·(1 − ½·0.96^(t·ψ)), t from 1. */
const momentumAt = (t: number, beta1: number, psi: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * psi));

/** Π μᵢ for i up to t. Remembers every product, so that trainings that take turns multiply once for each step they reach. */
function momentumProduct(beta1: number, psi: number): (t: number) => number {
  const products = [1];
  return t => {
    for (let known = products.length; known <= t; known++) {
      products.push(products[known - 1]! * momentumAt(known, beta1, psi));
    }
    return products[t]!;
  };
}

/** u = (μₜ₊₁·m / (1 − Π μ up to t + 1) + (1 − μₜ)·g / (1 − Π μ up to t)) / (√v̂ + ε), with m and v as in Adam. */
function scaleByNadam(options: NadamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, momentumDecay: psi = 4e-3 } = options;
  const productUpTo = momentumProduct(beta1, psi);
  return {
    name: 'scaleByNadam',
    init: parameters => [...likeParameters(parameters), ...likeParameters(parameters)],
    scalars(step) {
      const t = step + 1;
      const [now, next] = [momentumAt(t, beta1, psi), momentumAt(t + 1, beta1, psi)];
      const product = productUpTo(t);
      return [next / (1 - product * next), (1 - now) / (1 - product), 1 / Math.sqrt(1 - beta2 ** t)];
    },
    update({ gradients, state, scalars: [ofMean, ofGradient, correction] }) {
      const n = gradients.length;
      const m = gradients.map((g, i) => add(mul(state[i]!, beta1), mul(g, 1 - beta1)));
      const v = gradients.map((g, i) => add(mul(state[n + i]!, beta2), mul(square(g), 1 - beta2)));
      const updates = gradients.map((g, i) =>
        div(add(mul(m[i]!, ofMean!), mul(g, ofGradient!)), add(mul(sqrt(v[i]!), correction!), epsilon)),
      );
      return { updates, state: [...m, ...v] };
    },
  };
}

/** Adam with Nesterov momentum (Dozat, 2016), learning rate 0.002 unless stated, as `torch.optim.NAdam`. */
export function nadam(options: NadamOptions = {}): Optimizer {
  checkOptions('nadam', options, { ...ADAM_RULES, momentumDecay: nonNegative });
  const { learningRate: rate = 2e-3, weightDecay: decay = 0 } = options;
  const parts = [...(decay > 0 ? [weightDecay(decay)] : []), scaleByNadam(options), descend(rate)];
  return { ...chain(...parts), name: 'nadam' };
}
