import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element, setText } from '../element.js';
import type { Lens } from '../lens.js';

/** What the keys in a chart need to know. */
export interface WalkOptions {
  readonly lens: Lens;
  /** The trials that are shown, in the order in which the keys go through them. */
  readonly order: () => readonly TrialRecord[];
  /** What is said of a trial beyond its number. */
  readonly text: (trial: TrialRecord) => string;
  /** Called when the keys have come to a trial, or have left the chart. */
  readonly came?: ((trial: TrialRecord | undefined) => void) | undefined;
  /** Keys that lead through the trials; those that do not are the chart's. All of them unless given. */
  readonly takes?: ((key: string) => boolean) | undefined;
}

/**
 * Lets the keyboard go through the trials of a chart: arrows, Home, End and the page keys, from the trial that is looked at; Enter
 * pins, the space bar selects. What it comes to is said to assistive technology. Returns the element that says it.
 */
export function walk(target: HTMLElement, { lens, order, text, came, takes }: WalkOptions): HTMLElement {
  const said = element('p', { class: 'visually-hidden', role: 'status' });
  let trials: readonly TrialRecord[] | undefined;
  let at: number | undefined;
  target.tabIndex = 0;
  target.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== target) return;
    const { key } = event;
    const selects = key === ' ' || (key === 'Enter' && event.shiftKey);
    const chosen = at ?? (selects ? lens.trial : lens.hovered);
    if ((selects || key === 'Enter') && chosen !== undefined) {
      event.preventDefault();
      if (selects) lens.toggle(chosen);
      else lens.pin(chosen);
      return;
    }
    if (takes?.(key) === false) return;
    trials ??= order();
    const from = at ?? lens.trial;
    const index = trials.findIndex(({ number }) => number === from);
    const next = nextIndex(key, index, trials.length);
    if (next === undefined) return;
    event.preventDefault();
    const trial = trials[next];
    if (trial === undefined) return;
    at = trial.number;
    lens.hover(at);
    setText(said, `#${at}, ${trial.state}: ${text(trial)}`);
    came?.(trial);
  });
  target.addEventListener('blur', () => {
    if (at !== undefined) {
      lens.hover(undefined);
      came?.(undefined);
    }
    trials = at = undefined;
  });
  return said;
}

/** Where a key leads in a list of so many, from an index or from −1, before all; undefined: nowhere, the key is another's. */
export function nextIndex(key: string, index: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(last, index + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, index - 1);
    case 'PageDown':
      return Math.min(last, index + 10);
    case 'PageUp':
      return Math.max(0, index - 10);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
