import { count, metric } from '../../../src/cli/number.js';
import type { RungsInfo } from '../../../src/tune/events.js';
import type { BracketGroup } from '../chart/rung-groups.js';
import { element } from '../element.js';
import { medianMargin } from './rungs-words.js';

/** The rungs of a bracket as a table: who reached each, who was kept, who fell, against what, by how much. */
export function rungsTable(
  { metric: name, direction }: RungsInfo,
  { rungs, started, ended }: BracketGroup,
): HTMLElement {
  const head = ['Rung', 'Reached', 'Kept', 'Fell', `Cut (${name})`, 'Median margin'];
  const bar = (kept: number, fell: number) => {
    const whole = element('span', { class: 'funnel', 'aria-hidden': 'true' });
    for (const [part, n] of Object.entries({ kept, fell })) {
      const span = element('i', { class: `funnel-${part}` });
      span.style.width = `${started === 0 ? 0 : (100 * n) / started}%`;
      whole.append(span);
    }
    return whole;
  };
  const row = (title: string, cells: readonly (Node | string)[], reached: HTMLElement | undefined, n: string) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, title),
      element('td', { class: 'funnel-cell' }, element('span', { class: 'num' }, n), reached ?? ''),
      ...cells.map(cell => element('td', { class: 'num' }, cell)),
    );
  return element(
    'table',
    { class: 'plain-table rungs-table' },
    element('caption', { class: 'visually-hidden' }, 'Trials by rung'),
    element('thead', {}, element('tr', {}, ...head.map(title => element('th', { scope: 'col' }, title)))),
    element(
      'tbody',
      {},
      row('Started', ['', '', '', ''], bar(started, 0), count(started)),
      ...rungs.map(rung => {
        const margin = medianMargin(rung);
        const cut = rung.cut === undefined ? '–' : `${direction === 'minimize' ? '≤' : '≥'} ${metric(rung.cut)}`;
        const cells = [count(rung.kept), count(rung.fell), cut, metric(margin)];
        return row(`Epoch ${rung.epoch}`, cells, bar(rung.kept, rung.fell), count(rung.trials.length));
      }),
      row('Ran to the end', ['', '', '', ''], bar(ended, 0), count(ended)),
    ),
  );
}
