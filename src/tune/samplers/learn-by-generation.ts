import type { TrialRecord } from '../study-state.js';
import { isFinished } from './by-rank.js';

/** How a state follows from a history, a generation of trials by number at a time. */
export interface Learning<State> {
  readonly begin: State;
  /** How many trials learn from a state, before there is another. */
  readonly size: (state: State) => number;
  /** The share of a generation that must have finished before the next one learns from it. */
  readonly enough: number;
  /** The state after a generation's finished trials, by number. */
  readonly learn: (state: State, finished: readonly TrialRecord[]) => State;
}

/**
 * The state for a trial: all whole generations before it are learnt from, up to the first of which too few trials have finished.
 * Nothing but the history decides; what was learnt is kept for as long as the same records are given.
 */
export function learnByGeneration<State>(learning: Learning<State>) {
  const { begin, size, enough, learn } = learning;
  let known: { readonly records: readonly TrialRecord[]; readonly after: State }[] = [];
  return (trial: number, history: ReadonlyMap<number, TrialRecord>): State => {
    let state = begin;
    let first = 0;
    for (let index = 0; ; index++) {
      const count = size(state);
      if (trial < first + count) return state;
      let learnt = known[index];
      if (learnt === undefined || !isSame(learnt.records, history, first, count)) {
        const records: TrialRecord[] = [];
        for (let number = first; number < first + count; number++) {
          const record = history.get(number);
          if (record !== undefined && isFinished(record)) records.push(record);
        }
        if (records.length < enough * count) return state;
        learnt = { records, after: learn(state, records) };
        known = [...known.slice(0, index), learnt];
      }
      state = learnt.after;
      first += count;
    }
  };
}

/** Whether some records are still those of all finished trials of a generation. */
function isSame(
  records: readonly TrialRecord[],
  history: ReadonlyMap<number, TrialRecord>,
  first: number,
  count: number,
): boolean {
  let place = 0;
  for (let number = first; number < first + count; number++) {
    const record = history.get(number);
    if (record !== undefined && isFinished(record) && records[place++] !== record) return false;
  }
  return place === records.length;
}
