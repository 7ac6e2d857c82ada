import type { OperatorFunction } from 'rxjs';
import { InputError } from '../errors.js';
import type { Program } from '../kernels/device.js';
import { input } from '../kernels/ops/leaves.js';
import type { Network } from '../nn/network.js';
import { clipByGlobalNorm } from '../nn/optimizers/clip-by-global-norm.js';
import type { WithGradients } from './gradients.js';
import { requirePositive } from './require-integer.js';
import { requireStage } from './require-stage.js';
import type { Resources } from './resources.js';
import { stage } from './stage.js';
import { usedGradients } from './used-gradients.js';

/**
 * Scales all gradients by min(1, max / (‖gradients‖ + 10⁻⁶)), so that their norm together is at most `max`
 * (Pascanu, Mikolov, Bengio 2013; the rule of PyTorch's `clip_grad_norm_`). It stands before `update`; after it, the stream errors with an `InputError`.
 *
 * @example pipe(gradients(), clipNorm(1), update(adam({ learningRate: 1e-3 })))
 */
export function clipNorm<T extends WithGradients>(max: number): OperatorFunction<T, T> {
  requirePositive('max', max);
  return stage<T, T>(resources => {
    let program: Program | undefined;
    return batch => {
      if (program === undefined) {
        requireUnused(batch);
        program = compileClip(batch.net, max, resources);
      }
      const clipped = program.run(batch.gradients);
      for (const gradient of clipped) batch.own(gradient);
      return Object.assign(batch, { gradients: clipped });
    };
  });
}

function requireUnused(batch: WithGradients): void {
  requireStage('clipNorm()', batch, 'gradients');
  if (!usedGradients.has(batch.gradients)) return;
  throw new InputError('clipNorm() comes after update(), which has used the gradients already: put it before update()');
}

function compileClip(net: Network, max: number, resources: Resources): Program {
  const inputs = net.parameters.map(parameter => input(parameter.shape));
  const clip = clipByGlobalNorm(max);
  const { updates } = clip.update({ gradients: inputs, state: [], parameters: [], scalars: [] });
  return resources.own(net.device.compile({ inputs, outputs: updates }));
}
