import { dropout as applyMask } from '../../kernels/ops/dropout.js';
import { checkValue, fraction } from '../options.js';
import type { Layer } from './layer.js';

/**
 * While training, sets each element to zero with probability `rate` and scales the others by 1 / (1 − rate), so that
 * nothing changes in the mean; afterwards it does nothing (Srivastava et al., JMLR 2014). rate: 0 ≤ rate < 1.
 */
export function dropout(rate: number): Layer {
  checkValue('dropout: rate', rate, fraction);
  return {
    name: 'dropout',
    config: { dropout: { rate } },
    outputs: inputs => inputs,
    parameters: () => [],
    apply: ({ input, training, mask }) => (training && rate > 0 ? applyMask(input, mask(rate)) : input),
  };
}
