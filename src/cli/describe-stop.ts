import type { StopDecision } from '../train/report.js';
import type { StudyStop } from '../tune/events.js';
import { clean } from './text.js';

/** Who ended a trial: the rule's name, or `all epochs` when nobody did. */
export function stopper(stop: StopDecision | undefined): string {
  return stop?.by === 'epochs' ? 'all epochs' : clean(stop?.by ?? '');
}

/** How a trial ended, in a sentence with its reason: `patience: valLoss 0.41 did not improve …`. */
export function stopSentence(stop: StopDecision): string {
  return `${stopper(stop)}: ${clean(stop.reason)}`;
}

/** Who told a study to stop, and why: `stopped by command: the data is wrong`. */
export function studyStopWords({ by, reason }: StudyStop): string {
  return clean(`stopped by ${by}${reason === undefined ? '' : `: ${reason}`}`);
}
