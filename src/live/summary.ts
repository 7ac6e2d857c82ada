import type { StudyState } from '../tune/study-state.js';
import type { Ended, StudySummary } from './protocol.js';

/** What a study's own events say of it in a list. */
export type Summary = Omit<StudySummary, 'key' | 'name' | 'folder'>;

/**
 * A study as a list has it.
 *
 * @param changedAt the time of its last event
 * @param ended whether, and how, its stream is over
 */
export function summaryOf(state: StudyState, changedAt: number | undefined, ended?: Ended | undefined): Summary {
  const { study, best, counts, startedAt, finishReason } = state;
  return {
    ...stateOf(state, ended),
    ...(study && { objective: study.objective }),
    ...(best && { best: { trial: best.trial, value: best.value } }),
    counts,
    ...(study?.trials !== undefined && { trials: finishReason === 'exhausted' ? sum(counts) : study.trials }),
    ...(startedAt !== undefined && { startedAt }),
    ...(changedAt !== undefined && { changedAt }),
  };
}

function sum(counts: StudyState['counts']): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

function stateOf(state: StudyState, ended: Ended | undefined): Pick<StudySummary, 'state' | 'problem'> {
  if (ended?.error !== undefined) return { state: 'interrupted', problem: ended.error };
  if (state.finishReason !== undefined) {
    if (state.finishReason !== 'interrupted') return { state: 'finished' };
    return { state: state.stopped === undefined ? 'interrupted' : 'stopped' };
  }
  if (ended !== undefined) return { state: 'interrupted' };
  if (state.study === undefined) return { state: 'waiting' };
  return { state: state.paused ? 'paused' : 'running' };
}
