import { mul } from '../../kernels/ops/arithmetic.js';
import { type LearningRate, toSchedule } from '../schedules.js';
import type { Optimizer } from './optimizer.js';

/** −α·u: the last link of every optimizer. learningRate: a number or a schedule, in steps. */
export function descend(learningRate: LearningRate): Optimizer {
  const rate = toSchedule(learningRate);
  return {
    name: 'descend',
    init: () => [],
    scalars: step => [-rate(step)],
    update: ({ gradients, scalars: [minusRate] }) => ({ updates: gradients.map(g => mul(g, minusRate!)), state: [] }),
  };
}
