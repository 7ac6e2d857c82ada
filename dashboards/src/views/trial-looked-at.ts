import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element } from '../element.js';
import type { Changed, Model, Page, TrialDetail } from '../page.js';

/** The pinned trial and what is known of it. */
export interface LookedAt {
  readonly trial: TrialRecord;
  /** Undefined while it is on its way. */
  readonly detail: TrialDetail | undefined;
}

/** The trial whose page is open; undefined if there is none of this number, or not yet. */
export function lookedAt({ study }: Model, page: Page): LookedAt | undefined {
  const { pinned } = page.lens;
  const trial = pinned === undefined ? undefined : study.trials.get(pinned);
  return trial && { trial, detail: page.details.get(trial.number) };
}

/** Whether anything of it is new since it was asked for the last time. */
export function novelty(): (at: LookedAt | undefined, changed: Changed) => boolean {
  let before: readonly unknown[] = [];
  return (at, changed) => {
    const now = [at?.trial, at?.detail?.events.length, at?.detail?.reports.length];
    const isNew = changed === 'all' || now.some((part, i) => part !== before[i]);
    before = now;
    return isNew;
  };
}

/** Grey bars where something will be as soon as it is here. */
export function skeleton(lines: number): HTMLElement {
  const box = element('div', { class: 'skeleton', role: 'status', 'aria-label': 'Being fetched' });
  for (let i = 0; i < lines; i++) box.append(element('span', {}));
  return box;
}
