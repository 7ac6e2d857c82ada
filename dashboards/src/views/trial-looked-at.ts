import type { TrialRecord } from '../../../src/tune/study-state.js';
import { isLost } from '../connection.js';
import { element } from '../element.js';
import type { Changed, Model, Page, TrialDetail } from '../page.js';

/** The pinned trial and what is known of it. */
export interface LookedAt {
  readonly trial: TrialRecord;
  /** Undefined while it is on its way. */
  readonly detail: TrialDetail | undefined;
  /** There is nobody to send it. */
  readonly lost: boolean;
}

/** The trial whose page is open; undefined if there is none of this number, or not yet. */
export function lookedAt({ study, connection }: Model, page: Page): LookedAt | undefined {
  const { pinned } = page.lens;
  const trial = pinned === undefined ? undefined : study.trials.get(pinned);
  return trial && { trial, detail: page.details.get(trial.number), lost: isLost(connection) };
}

/** Whether anything of it is new since it was asked for the last time. */
export function novelty(): (at: LookedAt | undefined, changed: Changed) => boolean {
  let before: readonly unknown[] = [];
  return (at, changed) => {
    const now = [
      at?.trial,
      at?.detail?.events.length,
      at?.detail?.reports.length,
      at?.detail === undefined && at?.lost,
    ];
    const isNew = changed === 'all' || now.some((part, i) => part !== before[i]);
    before = now;
    return isNew;
  };
}

/** Where something of a trial is not here: grey bars while it is on its way, a sentence if nobody can send it. */
export function absent(at: LookedAt | undefined, lines: number): HTMLElement {
  return at?.lost === true
    ? element('p', { class: 'empty' }, 'The server does not answer, and this was not loaded before.')
    : skeleton(lines);
}

/** Grey bars where something will be as soon as it is here. */
export function skeleton(lines: number): HTMLElement {
  const box = element('div', { class: 'skeleton', role: 'status', 'aria-label': 'Being fetched' });
  for (let i = 0; i < lines; i++) box.append(element('span', {}));
  return box;
}
