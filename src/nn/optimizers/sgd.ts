import { InputError } from '../../errors.js';
import { checkOptions, flag, fraction, nonNegative } from '../options.js';
import { type LearningRate, learningRate } from '../schedules.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { momentum } from './momentum.js';
import type { Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Options of `sgd`. */
export interface SgdOptions {
  /** 0.01 unless stated. */
  readonly learningRate?: LearningRate | undefined;
  /** 0 unless stated. */
  readonly momentum?: number | undefined;
  readonly nesterov?: boolean | undefined;
  /** L2 penalty; 0 unless stated. */
  readonly weightDecay?: number | undefined;
}

/** Gradient descent, p ← p − α·g, with optional momentum and L2 penalty, as `torch.optim.SGD`. */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions('sgd', options, { learningRate, momentum: fraction, nesterov: flag, weightDecay: nonNegative });
  const { learningRate: rate = 0.01, momentum: mu = 0, nesterov = false, weightDecay: decay = 0 } = options;
  if (nesterov && mu === 0) throw new InputError('sgd: nesterov needs a momentum above 0');
  const parts = [
    ...(decay > 0 ? [weightDecay(decay)] : []),
    ...(mu > 0 ? [momentum({ momentum: mu, nesterov })] : []),
    descend(rate),
  ];
  return { ...chain(...parts), name: 'sgd' };
}
