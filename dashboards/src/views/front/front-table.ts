import { hyperparameter, metric as shortNumber } from '../../../../src/cli/number.js';
import type { Objective } from '../../../../src/tune/events.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import type { ShownObjective } from '../../chart/objective.js';
import { element, setText } from '../../element.js';
import type { Page } from '../../page.js';

/** The trials of the front, as a table. */
export interface FrontTable {
  readonly element: HTMLElement;
  /** Those that the filter lets through, in the table's order. */
  trials(): readonly TrialRecord[];
  show(
    objectives: readonly Objective[],
    offers: readonly ShownObjective[],
    front: readonly TrialRecord[],
    all: number,
  ): void;
}

/** Rows at most; a front of three objectives may have hundreds. */
const rowsAtMost = 200;

/** A table with every objective and the hyperparameters in a few words; a row pins its trial, a box selects it. */
export function frontTable({ lens }: Page): FrontTable {
  const head = element('tr', {});
  const body = element('tbody', {});
  const table = element(
    'table',
    { class: 'front-table' },
    element('caption', { class: 'visually-hidden' }, 'The trials of the Pareto front'),
    element('thead', {}, head),
    body,
  );
  const more = element('p', { class: 'quiet' });
  const box = element(
    'div',
    { class: 'front-rows', role: 'region', 'aria-label': 'The Pareto front', tabindex: '0' },
    table,
  );
  let shown = '';
  let listed: readonly TrialRecord[] = [];
  box.hidden = true;
  const rows = new Map<number, { row: HTMLElement; button: HTMLElement; check: HTMLInputElement }>();

  const row = (trial: TrialRecord, offers: readonly ShownObjective[]) => {
    const button = element('button', { type: 'button', class: 'link' }, `#${trial.number}`);
    button.addEventListener('click', () => lens.pin(trial.number));
    const check = element('input', { type: 'checkbox', 'aria-label': `Select #${trial.number}` });
    check.addEventListener('change', () => lens.toggle(trial.number));
    const settings = Object.entries(trial.hparams).map(([name, value]) => `${name} ${hyperparameter(value)}`);
    const made = element(
      'tr',
      { 'data-trial': String(trial.number) },
      element('td', {}, check),
      element('th', { scope: 'row' }, button),
      ...offers.map(({ field }) => element('td', { class: 'num' }, shortNumber(field.of(trial) as number | undefined))),
      element('td', { class: 'front-settings' }, settings.join(' · ')),
    );
    made.addEventListener('pointerenter', event => event.pointerType === 'mouse' && lens.hover(trial.number));
    made.addEventListener('pointerleave', () => lens.hover(undefined));
    rows.set(trial.number, { row: made, button, check });
    return made;
  };
  const mark = () => {
    for (const [number, { row, button, check }] of rows) {
      row.toggleAttribute('data-focus', number === lens.trial);
      button.setAttribute('aria-pressed', String(number === lens.pinned));
      check.checked = lens.selected.has(number);
    }
  };
  lens.onChange(change => {
    if (change !== 'filter') mark();
  });
  return {
    element: element('div', { class: 'front-list' }, box, more),
    trials: () => listed,
    show(objectives, offers, front, all) {
      listed = front.filter(trial => lens.passes(trial));
      box.hidden = listed.length === 0;
      const key = [offers.map(({ metric }) => metric).join('\n'), listed.map(({ number }) => number).join(' ')].join(
        '\n\n',
      );
      if (key !== shown) {
        shown = key;
        rows.clear();
        head.replaceChildren(
          element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, 'Selected')),
          element('th', { scope: 'col' }, 'Trial'),
          ...offers.map(({ metric, direction }) =>
            element(
              'th',
              { scope: 'col', class: 'num' },
              `${metric} ${direction === 'minimize' ? '↓' : '↑'}`,
              element(
                'span',
                { class: 'visually-hidden' },
                direction === 'minimize' ? ' less is better' : ' more is better',
              ),
            ),
          ),
          element('th', { scope: 'col' }, 'Hyperparameters'),
        );
        body.replaceChildren(...listed.slice(0, rowsAtMost).map(trial => row(trial, offers)));
      }
      const left = front.length - listed.length;
      const hidden = listed.length - Math.min(rowsAtMost, listed.length);
      const words = [
        ...(left > 0 ? [`${left} of the front do not pass the filter.`] : []),
        ...(hidden > 0 ? [`${hidden} more are not listed.`] : []),
        ...(offers.length < objectives.length && all > 0 ? ['Some objectives have no values.'] : []),
      ];
      setText(more, words.join(' '));
      mark();
    },
  };
}
