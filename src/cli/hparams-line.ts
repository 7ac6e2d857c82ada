import type { HParams } from '../tune/events.js';
import { hyperparameter } from './number.js';
import { clean } from './text.js';

/** Hyperparameters as words for a line: `units 64`, `learningRate 0.0021`. */
export function hparamWords(hparams: HParams): string[] {
  return Object.entries(hparams).map(([name, value]) => `${clean(name)} ${clean(hyperparameter(value))}`);
}
