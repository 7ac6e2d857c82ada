import { didYouMean, InputError } from '../../errors.js';
import { shown } from '../options.js';
import { namedForm } from '../plain.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import { nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { type SgdOptions, sgd } from './sgd.js';

/** The built-in optimizers, as a file names them; `momentum` there is sgd with a momentum of 0.9 unless stated. */
export const optimizersByName = {
  sgd,
  momentum: (options: SgdOptions = {}): Optimizer => sgd({ momentum: 0.9, ...options }),
  rmsprop,
  adagrad,
  adam,
  adamw,
  nadam,
} as const;

/** A built-in optimizer. */
export type OptimizerName = keyof typeof optimizersByName;

/**
 * From the form of a file, `"adam"` or `{ "adam": { "learningRate": 0.01 } }`.
 *
 * @throws InputError for an unknown name or a wrong option.
 */
export function optimizerFromConfig(form: unknown): Optimizer {
  const named = namedForm(form);
  const names = Object.keys(optimizersByName);
  if (named === undefined) throw new InputError(`an optimizer must be one of ${names.join(', ')}, got ${shown(form)}`);
  if (!Object.hasOwn(optimizersByName, named.name)) {
    throw new InputError(`no optimizer "${named.name}"${didYouMean(named.name, names)}; there are ${names.join(', ')}`);
  }
  return optimizersByName[named.name as OptimizerName](named.options as never);
}
