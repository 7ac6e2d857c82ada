import { didYouMean, InputError } from '../../errors.js';
import { checkOptions, shown } from '../options.js';
import { namedForm } from '../plain.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { huber } from './huber.js';
import type { Loss } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';

const without =
  (name: string, loss: () => Loss) =>
  (options: object = {}) => {
    checkOptions(name, options, {});
    return loss();
  };

/** The built-in losses, as a file names them. */
export const lossesByName = {
  meanSquaredError: without('meanSquaredError', meanSquaredError),
  meanAbsoluteError: without('meanAbsoluteError', meanAbsoluteError),
  huber,
  binaryCrossEntropy,
  crossEntropy,
} as const;

/** A built-in loss. */
export type LossName = keyof typeof lossesByName;

/**
 * From the form of a file, `"crossEntropy"` or `{ "crossEntropy": { "labelSmoothing": 0.1 } }`.
 *
 * @throws InputError for an unknown name or a wrong option.
 */
export function lossFromConfig(form: unknown): Loss {
  const named = namedForm(form);
  const names = Object.keys(lossesByName);
  if (named === undefined) throw new InputError(`a loss must be one of ${names.join(', ')}, got ${shown(form)}`);
  if (!Object.hasOwn(lossesByName, named.name)) {
    throw new InputError(`no loss "${named.name}"${didYouMean(named.name, names)}; there are ${names.join(', ')}`);
  }
  return lossesByName[named.name as LossName](named.options as never);
}
