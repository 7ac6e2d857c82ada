import type { StudyState } from '../tune/study-state.js';

/** How many trials are over, however they ended. */
export function finished({ counts }: StudyState): number {
  return counts.complete + counts.pruned + counts.failed;
}

/** The share of a study that is done, 0 to 1, running trials counted by their epochs; undefined when its size is not known. */
export function shareDone(state: StudyState): number | undefined {
  const { study, trials, running } = state;
  if (study?.trials === undefined || study.trials === 0) return undefined;
  let done = finished(state);
  const length = done > 0 ? typicalEpochs(state) : study.epochs;
  for (const number of running) {
    const epochs = trials.get(number)?.epochs ?? 0;
    if (length !== undefined && length > 0) done += Math.min(0.9, epochs / length);
  }
  return Math.min(1, done / study.trials);
}

/** Epochs that a finished trial took, on average. */
function typicalEpochs({ epochs, trials, running, counts }: StudyState): number {
  const open = running.reduce((sum, number) => sum + (trials.get(number)?.epochs ?? 0), 0);
  return (epochs - open) / Math.max(1, counts.complete + counts.pruned + counts.failed);
}

/** Seconds until the study is done at the pace so far, and at most until `limit`; undefined while there is no telling. */
export function secondsLeft(state: StudyState, elapsed: number, limit?: number): number | undefined {
  // What is paused takes as long as it takes.
  if (state.running.length === 0 && (state.paused || state.counts.paused > 0)) return undefined;
  const share = shareDone(state);
  const byPace = share !== undefined && share > 0.02 && elapsed > 1 ? (elapsed * (1 - share)) / share : undefined;
  const byLimit = limit === undefined ? undefined : Math.max(0, limit - elapsed);
  if (byPace === undefined || byLimit === undefined) return byPace ?? byLimit;
  return Math.min(byPace, byLimit);
}
