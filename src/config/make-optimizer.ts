import { InputError } from '../errors.js';
import { optimizerFromConfig } from '../nn/optimizers/by-name.js';
import { chain } from '../nn/optimizers/chain.js';
import { clipByGlobalNorm } from '../nn/optimizers/clip-by-global-norm.js';
import { clipByNorm } from '../nn/optimizers/clip-by-norm.js';
import { clipByValue } from '../nn/optimizers/clip-by-value.js';
import type { Optimizer } from '../nn/optimizers/optimizer.js';
import { namedForm } from '../nn/plain.js';
import type { TrainingFile } from './training-schema.js';

/**
 * The optimizer of a file, adam unless stated, behind its clipping. Schedules that do not say how many steps they take,
 * take the `steps` of the training.
 *
 * @throws InputError with the path of the option.
 */
export function makeOptimizer({ optimizer = 'adam', clip = {} }: TrainingFile, steps: number): Optimizer {
  const { name, options } = namedForm(optimizer) as { name: string; options: { learningRate?: unknown } };
  const { learningRate } = options;
  const complete = learningRate === undefined ? options : { ...options, learningRate: completed(learningRate, steps) };
  try {
    const made = optimizerFromConfig({ [name]: complete });
    const clips = [
      ...(clip.globalNorm === undefined ? [] : [clipByGlobalNorm(clip.globalNorm)]),
      ...(clip.norm === undefined ? [] : [clipByNorm(clip.norm)]),
      ...(clip.value === undefined ? [] : [clipByValue(clip.value)]),
    ];
    return clips.length === 0 ? made : chain(...clips, made);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problem.replace(`${name}: `, ''), { path: `optimizer.${name}` });
  }
}

/** A learning rate whose schedule knows how many steps there are; those after a warm-up have what it leaves. */
function completed(rate: unknown, steps: number): unknown {
  if (typeof rate !== 'object' || rate === null) return rate;
  const { name, options } = namedForm(rate) as { name: string; options: { steps?: number; after?: unknown } };
  if (name === 'cosine' || name === 'oneCycle') return { [name]: { steps, ...options } };
  if (name !== 'warmup') return rate;
  const after = completed(options.after, Math.max(1, steps - (options.steps ?? 0)));
  return { warmup: { ...options, after } };
}
