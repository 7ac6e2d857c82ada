import { count, metric } from '../../../src/cli/number.js';
import { element } from '../element.js';
import type { Findings, LayerFinding } from '../findings.js';
import type { Panel, View } from '../page.js';
import { isOver } from './absence-words.js';

const shownTrials = 6;

/** Layers whose gradients or activations vanish or explode, with advice. */
export function healthView({ body: container, section }: Panel): View {
  let shown: Findings | undefined;
  let shownFor = '';
  return ({ findings, study, stopped }) => {
    const looked = study.epochs > 0;
    const over = isOver({ study, stopped });
    const key = `${looked} ${over}`;
    if ((findings === shown && key === shownFor) || study.study === undefined) return;
    [shown, shownFor] = [findings, key];
    section.toggleAttribute('data-ill', findings.size > 0);
    if (findings.size === 0) {
      container.replaceChildren(
        element(
          'p',
          { class: 'empty' },
          looked
            ? 'No layer’s gradients or activations were found to vanish or explode.'
            : `No epoch ${over ? 'was' : 'is'} finished, so nothing was looked at.`,
        ),
      );
      return;
    }
    const worst = [...findings.values()].sort((a, b) => b.trials.size - a.trials.size || a.last.layer - b.last.layer);
    container.replaceChildren(element('ul', { class: 'findings' }, ...worst.map(item)));
  };
}

function item({ trials, trial, last }: LayerFinding): HTMLElement {
  const numbers = [...trials].slice(-shownTrials).map(number => `#${number}`);
  const where = trials.size > shownTrials ? `${count(trials.size)} trials, last ${numbers.at(-1)}` : numbers.join(', ');
  return element(
    'li',
    {},
    element(
      'p',
      { class: 'finding-title' },
      element('b', { class: `badge badge-${last.kind}` }, last.kind),
      ` ${last.of}s in layer ${last.layerName}`,
    ),
    element('p', { class: 'finding-advice' }, last.advice),
    element(
      'p',
      { class: 'quiet' },
      `In ${where}. Root mean square ${unbroken(last.norm)} (limit ${unbroken(last.limit)}) at step ${count(last.step)} of #${trial}.`,
    ),
  );
}

/** A number with a true minus, at which no line breaks. */
const unbroken = (value: number) => metric(value).replace('-', '−');
