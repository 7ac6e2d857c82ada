import type { StudyEvent, UnstampedEvent } from './events.js';
import { foldEvent } from './fold-event.js';
import { emptyStudy, type StudyState } from './study-state.js';

/** Where the events of a study get their places in its sequence, and what they say in all. */
export interface Ledger {
  readonly state: StudyState;
  stamp(event: UnstampedEvent): StudyEvent;
}

/** A ledger that goes on after `history`; `clock` is in milliseconds since 1970. */
export function openLedger(clock: () => number, history: readonly StudyEvent[] = []): Ledger {
  let state = history.reduce(foldEvent, emptyStudy);
  let seq = state.lastSeq + 1;
  return {
    get state() {
      return state;
    },
    stamp(event) {
      const [own, time] = [seq++, clock()];
      // Most events are reports; a spread takes several times as long as what is written out.
      const stamped =
        event.type === 'trial-reported'
          ? { seq: own, time, type: event.type, trial: event.trial, report: event.report }
          : ({ seq: own, time, ...event } as StudyEvent);
      state = foldEvent(state, stamped);
      return stamped;
    },
  };
}
