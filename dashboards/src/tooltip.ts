import { hyperparameter } from '../../src/cli/number.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { element } from './element.js';
import { endingOf } from './ending.js';

/** Names the trial under the pointer. */
export interface Tooltip {
  /** `at` in client pixels; `value` is what the chart shows there. */
  show(trial: TrialRecord, value: string, at: { readonly x: number; readonly y: number }): void;
  hide(): void;
}

const shownHParams = 10;

/** A tooltip in the given element. */
export function tooltip(box: HTMLElement): Tooltip {
  let shown: TrialRecord | undefined;
  let shownValue = '';
  const fill = (trial: TrialRecord, value: string) => {
    if (trial === shown && value === shownValue) return;
    [shown, shownValue] = [trial, value];
    const ending = endingOf(trial);
    const hparams = Object.entries(trial.hparams);
    box.replaceChildren(
      element(
        'p',
        { class: 'tooltip-title' },
        element('strong', {}, `#${trial.number}`),
        ' ',
        element('span', { class: `state state-${trial.state}` }, trial.state),
      ),
      element('p', { class: 'tooltip-value' }, value),
      element(
        'dl',
        { class: 'pairs' },
        ...hparams
          .slice(0, shownHParams)
          .flatMap(([name, setting]) => [element('dt', {}, name), element('dd', {}, hyperparameter(setting))]),
      ),
    );
    if (hparams.length > shownHParams) {
      box.append(element('p', { class: 'quiet' }, `and ${hparams.length - shownHParams} more`));
    }
    if (ending !== undefined) {
      box.append(element('p', { class: 'tooltip-why' }, element('b', {}, ending.who), ` · ${ending.why}`));
    }
  };
  return {
    show(trial, value, { x, y }) {
      fill(trial, value);
      box.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = box;
      const left = x + 18 + width > innerWidth ? Math.max(8, x - 18 - width) : x + 18;
      const top = Math.max(8, Math.min(y - height / 2, innerHeight - height - 8));
      box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    },
    hide() {
      box.hidden = true;
    },
  };
}
