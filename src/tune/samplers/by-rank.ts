import type { Direction } from '../events.js';
import type { TrialRecord } from '../study-state.js';

/** Whether nothing more will be heard of a trial. */
export function isFinished({ state }: TrialRecord): boolean {
  return state === 'complete' || state === 'pruned' || state === 'failed';
}

/**
 * Finished trials, the best first: complete ones by value, then pruned ones, the longest first, then by value, then those that
 * failed or have no number; of equal ones the one with the smallest number.
 */
export function byRank(records: readonly TrialRecord[], direction: Direction): readonly TrialRecord[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const known = ({ value }: TrialRecord) => typeof value === 'number' && Number.isFinite(value);
  const tier = (record: TrialRecord) =>
    record.state === 'failed' || !known(record) ? 2 : record.state === 'pruned' ? 1 : 0;
  return records.toSorted((a, b) => {
    const rank = tier(a);
    if (rank !== tier(b)) return rank - tier(b);
    const longer = rank === 1 ? b.epochs - a.epochs : 0;
    const better = rank === 2 ? 0 : sign * ((a.value as number) - (b.value as number));
    return longer || better || a.number - b.number;
  });
}
