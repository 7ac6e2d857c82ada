import { InputError } from '../errors.js';

/** What a stage may need of a batch, in words, and the stage that adds it. */
const STAGES = {
  prediction: ['a prediction', 'forward()'],
  lossPass: ['a loss', 'loss()'],
  gradients: ['the gradients', 'gradients()'],
} as const;

/**
 * Throws an `InputError` unless the stage before `stage` has added what it needs to the batch. All batches of a stream go through the same
 * stages, so it is asked of the first one only.
 */
export function requireStage(stage: string, batch: object, needed: keyof typeof STAGES): void {
  if (Object.hasOwn(batch, needed) && batch[needed as never] !== undefined) return;
  const [what, before] = STAGES[needed];
  throw new InputError(`${stage} needs ${what}, which ${before} adds to a batch: put ${before} before it`);
}
