import type { Load } from '../../../src/live/protocol.js';
import { element, setAttribute, setText } from '../element.js';
import type { Model, Page } from '../page.js';
import { hueOf } from '../theme.js';
import { workerWords } from './header-words.js';

/** The workers with how busy each is, and the trial that it computes; not there until the server has told of any. */
export function workersView(container: HTMLElement, { lens }: Page): (model: Model) => void {
  const list = element('ul', { class: 'workers', 'aria-label': 'Workers' });
  container.append(list);
  list.hidden = true;
  const chips: { readonly button: HTMLButtonElement; readonly fill: HTMLElement; readonly name: HTMLElement }[] = [];
  let shown: Load | undefined;
  let wasOver = false;

  const trialOf = (index: number) => shown?.workers?.[index]?.trial;
  const add = (index: number) => {
    const fill = element('i', { 'aria-hidden': 'true' });
    const name = element('span', { 'aria-hidden': 'true' });
    const button = element('button', { type: 'button', class: 'worker' }, fill, name);
    button.addEventListener('pointerenter', event => event.pointerType === 'mouse' && lens.hover(trialOf(index)));
    button.addEventListener('pointerleave', () => lens.hover(undefined));
    button.addEventListener('click', () => {
      const trial = trialOf(index);
      if (trial !== undefined) lens.pin(trial);
    });
    list.append(element('li', {}, button));
    return { button, fill, name };
  };

  return ({ load, study }) => {
    const over = study.finishReason !== undefined;
    if (load === shown && over === wasOver) return;
    [shown, wasOver] = [load, over];
    const workers = (!over && load?.workers) || [];
    list.hidden = workers.length === 0;
    while (chips.length < workers.length) chips.push(add(chips.length));
    for (const [i, { button, fill, name }] of chips.entries()) {
      const worker = workers[i];
      (button.parentElement as HTMLElement).hidden = worker === undefined;
      if (worker === undefined) continue;
      const { busy, trial } = worker;
      const share = Math.max(0, Math.min(1, busy));
      fill.style.transform = `scaleX(${share.toFixed(2)})`;
      fill.className = trial === undefined ? '' : `hue-${hueOf(trial)}`;
      setText(name, trial === undefined ? 'idle' : `#${trial}`);
      const words = workerWords(worker, i);
      setAttribute(button, 'aria-label', words);
      setAttribute(button, 'title', words);
    }
  };
}
