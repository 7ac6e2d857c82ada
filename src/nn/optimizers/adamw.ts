import { checkOptions } from '../options.js';
import { ADAM_RULES, type AdamOptions, scaleByAdam } from './adam.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import type { Optimizer } from './optimizer.js';
import { weightDecay } from './weight-decay.js';

/** Adam with decoupled decay, p ← p − α·(u + λ·p) with λ 0.01 unless stated (Loshchilov and Hutter, ICLR 2019), as `torch.optim.AdamW`. */
export function adamw(options: AdamOptions = {}): Optimizer {
  checkOptions('adamw', options, ADAM_RULES);
  const { learningRate: rate = 1e-3, weightDecay: decay = 0.01 } = options;
  return { ...chain(scaleByAdam(options), weightDecay(decay), descend(rate)), name: 'adamw' };
}
