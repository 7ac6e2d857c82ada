import type { Direction } from '../events.js';
import type { TrialRecord } from '../study-state.js';

/** What a model learns from a finished trial: its value, less being better. */
export interface Observation {
  readonly record: TrialRecord;
  readonly loss: number;
  /** It has no number of its own. */
  readonly failed: boolean;
}

/**
 * What there is to learn from a history, by number, less being better. Complete trials have their own value. A pruned one was
 * worse than others at its epoch, and more epochs would have changed its value: it counts as no better than the median of the
 * complete ones and no worse than the worst. A failed one, and one without a number, counts as the worst seen, so that what
 * fails is not asked for again. Empty while no trial has a number.
 */
export function observations(history: ReadonlyMap<number, TrialRecord>, direction: Direction): readonly Observation[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const finished = [...history.values()]
    .filter(({ state }) => state === 'complete' || state === 'pruned' || state === 'failed')
    .sort((a, b) => a.number - b.number);
  const own = ({ state, value }: TrialRecord) =>
    state !== 'failed' && typeof value === 'number' && Number.isFinite(value) ? sign * value : undefined;
  const complete = finished
    .filter(record => record.state === 'complete' && own(record) !== undefined)
    .map(record => own(record) as number)
    .sort((a, b) => a - b);
  const all = finished.flatMap(record => own(record) ?? []);
  if (all.length === 0) return [];
  const median = complete[complete.length >> 1] ?? Number.NEGATIVE_INFINITY;
  const worst = complete.at(-1) ?? all.reduce((a, b) => Math.max(a, b));
  return finished.map(record => {
    const loss = own(record) ?? worst;
    return {
      record,
      failed: own(record) === undefined,
      loss: record.state === 'pruned' ? Math.min(worst, Math.max(median, loss)) : loss,
    };
  });
}
