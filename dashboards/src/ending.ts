import { metric } from '../../src/cli/number.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

/** How a trial ended, for people: who stopped it and when, and why, against what. */
export interface Ending {
  readonly who: string;
  readonly why: string;
}

/** The ending of a finished trial; undefined while it is not over. */
export function endingOf({ stop, epochs }: TrialRecord): Ending | undefined {
  if (stop === undefined) return undefined;
  if (stop.by === 'epochs') return { who: 'All epochs', why: stop.reason || `ran all ${epochs} epochs` };
  if (stop.by === 'error') return { who: 'Error', why: stop.reason };
  const { by, origin, epoch, reason, threshold, against, restoredEpoch } = stop;
  const compared = against !== undefined && !reason.includes(against) ? ` (${metric(threshold)}, ${against})` : '';
  const restored =
    restoredEpoch !== undefined && !reason.includes('restored') ? `; weights of epoch ${restoredEpoch} restored` : '';
  return {
    who: `${by}${origin === undefined ? '' : ` (${origin})`} at epoch ${epoch}`,
    why: `${reason}${compared}${restored}`,
  };
}

/** Whether somebody ended the trial before its last epoch, so that its curve ends in a mark. */
export function wasStopped({ stop }: TrialRecord): boolean {
  return stop !== undefined && stop.by !== 'epochs';
}
