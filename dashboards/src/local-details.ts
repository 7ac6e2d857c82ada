import type { StudyEvent } from '../../src/tune/events.js';
import type { Details, Model } from './page.js';

/** Details made of the events that the page has heard. */
export interface LocalDetails extends Details {
  /** Takes in the next events; those that it has are passed over. */
  take(events: readonly StudyEvent[]): void;
}

/** Details made of what the page has anyway. */
export function localDetails(model: () => Model | undefined): LocalDetails {
  let lastSeq = -1;
  const byTrial = new Map<number, StudyEvent[]>();
  return {
    take(events) {
      for (const event of events) {
        if (event.type === 'study-started') {
          byTrial.clear();
          lastSeq = -1;
        }
        if (event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        if (!('trial' in event)) continue;
        const before = byTrial.get(event.trial);
        if (before === undefined) byTrial.set(event.trial, [event]);
        else before.push(event);
      }
    },
    get(number) {
      const trial = model()?.study.trials.get(number);
      return trial && { events: byTrial.get(number) ?? [], reports: trial.reports };
    },
  };
}
