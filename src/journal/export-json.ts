import type { StoredStudy } from './read-journal.js';

/**
 * A study as one JSON object, for other programs: what it is of, where it stands, the best trial, and the trials, each on a line of its
 * own, with their reports. Numbers that JSON has not (NaN, the infinities) are null.
 */
export function exportJson({ header, state }: Pick<StoredStudy, 'header' | 'state'>): string {
  const { study, best, counts, epochs, samples, startedAt, finishedAt, finishReason, stopped } = state;
  const { seeds, rxnn, search } = header;
  const about = {
    study,
    best,
    counts,
    epochs,
    samples,
    startedAt,
    finishedAt,
    finishReason,
    stopped,
    seeds,
    rxnn,
    search,
  };
  const trials = Array.from(state.trials.values(), trial => `\n    ${JSON.stringify(trial)}`);
  const head = JSON.stringify({ name: header.study.name, ...about }, undefined, 2).slice(0, -2);
  return `${head},\n  "trials": [${trials.join()}${trials.length === 0 ? '' : '\n  '}]\n}\n`;
}
