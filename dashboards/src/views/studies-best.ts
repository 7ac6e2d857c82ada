import type { StudyState } from '../../../src/tune/study-state.js';
import type { Model } from '../page.js';
import { stoppedStudy } from '../stopped.js';

/** The best value of a study as it fell, or rose: steps over the trials that were finished, or over the seconds from its start. */
export interface BestSteps {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** How far the study is on that axis: the line goes on to here. */
  readonly end: number;
}

/** By what the best value is drawn. */
export type BestAxis = 'trials' | 'seconds';

/** The steps of a study: each trial that was complete and better than all before it, in the order of finishing. */
export function bestSteps(state: StudyState, by: BestAxis, now: number): BestSteps {
  const { startedAt = 0, finishedAt = now, study } = state;
  const sign = study?.objective.direction === 'maximize' ? -1 : 1;
  const over = [...state.trials.values()]
    .filter(trial => trial.finishedAt !== undefined)
    .sort((a, b) => (a.finishedAt as number) - (b.finishedAt as number));
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const [i, { state: ended, value, finishedAt: at = 0 }] of over.entries()) {
    if (ended !== 'complete' || value === undefined || !Number.isFinite(value)) continue;
    if (ys.length > 0 && sign * value >= sign * (ys.at(-1) as number)) continue;
    xs.push(by === 'trials' ? i + 1 : (at - startedAt) / 1000);
    ys.push(value);
  }
  return { xs, ys, end: by === 'trials' ? over.length : Math.max(0, (finishedAt - startedAt) / 1000) };
}

/**
 * Up to when a study of the list is known, in milliseconds since 1970: its end, or when its process was gone, or the present. The open
 * study may be over, so that its moment is not the present: then it is the other one's last event.
 */
export function knownUntil(state: StudyState, key: string, { studies, now }: Pick<Model, 'studies' | 'now'>): number {
  const listed = studies.find(study => study.key === key);
  return state.finishedAt ?? stoppedStudy(studies, key, state)?.at ?? Math.max(now, listed?.changedAt ?? now);
}
