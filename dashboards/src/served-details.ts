import type { Detail, Inspect } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import type { Details, TrialDetail } from './page.js';

/** Details that the server is asked for, of one trial at a time. */
export interface ServedDetails extends Details {
  hear(detail: Detail): void;
  /** The connection is there (again): asks for the trial that is looked at. */
  ask(): void;
  /** Forgets everything: it is another study. */
  clear(): void;
}

/** No details yet; `upTo` is the last event that is shown, in a replay. */
export function servedDetails(options: {
  readonly say: (inspect: Inspect) => boolean;
  readonly upTo: () => number | undefined;
}): ServedDetails {
  let asked: number | undefined;
  let there: { readonly trial: number; readonly detail: TrialDetail } | undefined;
  let cut: { readonly of: TrialDetail; readonly at: number; readonly detail: TrialDetail } | undefined;
  return {
    get(trial) {
      if (asked !== trial) {
        asked = trial;
        options.say({ type: 'inspect', trial });
      }
      if (there?.trial !== trial) return undefined;
      const { detail } = there;
      const at = options.upTo();
      if (at === undefined || (detail.events.at(-1)?.seq ?? -1) <= at) return detail;
      if (cut?.of !== detail || cut.at !== at) {
        cut = { of: detail, at, detail: detailOf(detail.events.filter(({ seq }) => seq <= at)) };
      }
      return cut.detail;
    },
    hear({ trial, events, more }) {
      if (trial !== asked) return;
      const before = more === true && there?.trial === trial ? there.detail.events : [];
      there = { trial, detail: detailOf([...before, ...events]) };
    },
    ask() {
      if (asked !== undefined) options.say({ type: 'inspect', trial: asked });
    },
    clear() {
      asked = there = cut = undefined;
    },
  };
}

function detailOf(events: readonly StudyEvent[]): TrialDetail {
  return { events, reports: events.flatMap(event => (event.type === 'trial-reported' ? [event.report] : [])) };
}
