import { InputError } from '../errors.js';
import { lossFromConfig } from '../nn/losses/by-name.js';
import type { Loss } from '../nn/losses/loss.js';
import type { TrainingFile } from './training-schema.js';

/** The loss of a file; errors have its path. */
export function makeLoss(form: NonNullable<TrainingFile['loss']>): Loss {
  try {
    return lossFromConfig(form);
  } catch (error) {
    throw error instanceof InputError ? error.at({ path: 'loss' }) : error;
  }
}
