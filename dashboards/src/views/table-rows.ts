import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element, setAttribute, setText } from '../element.js';
import { endingOf } from '../ending.js';
import { hueOf } from '../theme.js';
import type { Column } from './table-columns.js';

/** A trial's row in the table. */
export interface Row {
  readonly trial: number;
  readonly element: HTMLTableRowElement;
  readonly box: HTMLInputElement;
  readonly menu: HTMLButtonElement;
  readonly cells: readonly HTMLElement[];
  drawn?: TrialRecord;
}

/** What a row looks like beside what its trial has. */
export interface RowLooks {
  readonly index: number;
  readonly best: boolean;
  readonly selected: boolean;
  readonly pinned: boolean;
  readonly lit: boolean;
  readonly active: boolean;
}

/** The id of a trial's row, by which the table says which one is active. */
export const rowId = (trial: number): string => `trial-row-${trial}`;

/** An empty row for a trial. Nothing in it takes the keyboard's focus, which stays at the table. */
export function newRow(trial: number, columns: readonly Column[]): Row {
  const box = element('input', { type: 'checkbox', tabindex: '-1', 'aria-label': `Select trial #${trial}` });
  const menu = element(
    'button',
    { type: 'button', class: 'row-menu', tabindex: '-1', 'aria-label': `What to do with trial #${trial}` },
    '⋯',
  );
  const cells = columns.map(({ field, numeric }) =>
    field.key === 'number'
      ? element(
          'th',
          { role: 'rowheader', scope: 'row', 'data-column': 'number' },
          element('i', { class: `swatch hue-${hueOf(trial)}`, 'aria-hidden': 'true' }),
          element('span', {}, `#${trial}`),
          menu,
        )
      : element('td', { role: 'gridcell', 'data-column': field.key, class: numeric ? 'num' : undefined }),
  );
  const row = element(
    'tr',
    { role: 'row', id: rowId(trial), 'data-trial': String(trial) },
    element('td', { role: 'gridcell', 'data-column': 'select' }, box),
    ...cells,
  );
  return { trial, element: row, box, menu, cells };
}

/** Draws what differs from what was drawn before. */
export function drawRow(row: Row, trial: TrialRecord, columns: readonly Column[], looks: RowLooks): void {
  const { element: tr, box } = row;
  setAttribute(tr, 'aria-rowindex', String(looks.index + 2));
  tr.toggleAttribute('data-best', looks.best);
  tr.toggleAttribute('data-pinned', looks.pinned);
  tr.toggleAttribute('data-focus', looks.lit);
  tr.toggleAttribute('data-active', looks.active);
  setAttribute(tr, 'aria-selected', String(looks.selected));
  setAttribute(tr, 'aria-current', looks.pinned ? 'true' : undefined);
  if (box.checked !== looks.selected) box.checked = looks.selected;
  if (row.drawn === trial) return;
  row.drawn = trial;
  setAttribute(tr, 'data-state', trial.state);
  for (const [i, { field }] of columns.entries()) {
    const cell = row.cells[i] as HTMLElement;
    if (field.key === 'number') continue;
    if (field.key === 'ending') drawEnding(cell, trial);
    else {
      const text = field.text(trial);
      setText(cell, text);
      // In the narrow form each value is led by its name, and what is not there is left out.
      setAttribute(cell, 'data-label', text === '' || field.key === 'state' ? undefined : field.title);
    }
  }
}

function drawEnding(cell: HTMLElement, trial: TrialRecord): void {
  const ending = endingOf(trial);
  if (ending === undefined) cell.replaceChildren();
  else cell.replaceChildren(element('b', {}, ending.who), ' ', element('span', { title: ending.why }, ending.why));
}
