import type { StopDecision } from '../train/report.js';
import { clean } from './text.js';

/** How a trial ended, in a few words: `all epochs`, `patience at epoch 12`, `error`. */
export function stopWords(stop: StopDecision | undefined): string {
  if (stop === undefined) return '';
  if (stop.by === 'epochs') return 'all epochs';
  if (stop.by === 'error') return 'error';
  return `${clean(stop.by)} at epoch ${stop.epoch}`;
}

/** How a trial ended, in a sentence with its reason: `patience: valLoss 0.41 did not improve …`. */
export function stopSentence(stop: StopDecision): string {
  return `${clean(stop.by)}: ${clean(stop.reason)}`;
}
