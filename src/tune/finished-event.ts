import type { StopDecision } from '../train/report.js';
import type { UnstampedEvent } from './events.js';
import type { TrialRecord } from './study-state.js';

/** The event that says how a trial has ended: what its record has come to, and the decision. */
export function finishedEvent(
  trial: number,
  record: Partial<Pick<TrialRecord, 'value' | 'values' | 'bestEpoch' | 'epochs'>>,
  stop: StopDecision,
  seconds: number,
): UnstampedEvent {
  const { value, values, bestEpoch, epochs = 0 } = record;
  const common = {
    type: 'trial-finished',
    trial,
    state: stop.outcome,
    value,
    bestEpoch,
    epochs,
    seconds,
    stop,
  } as const;
  return values === undefined ? common : { ...common, values };
}
