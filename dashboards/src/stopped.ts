import type { StudySummary } from '../../src/live/protocol.js';
import type { StudyState } from '../../src/tune/study-state.js';

/** Why nothing more comes of a study now, though it has not come to its end. */
export interface Stopped {
  /** `interrupted`: the process that ran it is gone. `unreadable`: `problem` says why. */
  readonly state: 'interrupted' | 'unreadable';
  readonly problem?: string | undefined;
  /** When it stopped, in milliseconds since 1970; undefined where no event is known. */
  readonly at: number | undefined;
}

/** What the list of studies says of the open one, if it has stopped; its own end is in its events. */
export function stoppedStudy(
  studies: readonly StudySummary[],
  key: string | undefined,
  { finishReason }: Pick<StudyState, 'finishReason'>,
): Stopped | undefined {
  const summary = studies.find(study => study.key === key);
  if (summary?.state === 'unreadable') {
    return { state: 'unreadable', problem: summary.problem, at: summary.changedAt };
  }
  const interrupted = summary?.state === 'interrupted' && finishReason === undefined;
  return interrupted ? { state: 'interrupted', at: summary.changedAt } : undefined;
}
