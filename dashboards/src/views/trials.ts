import { count, hyperparameter, metric } from '../../../src/cli/number.js';
import type { StudyInfo } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element, setAttribute, setText } from '../element.js';
import { endingOf } from '../ending.js';
import type { Changed, Model, Page, Panel, View } from '../page.js';
import { hueOf } from '../theme.js';
import { compareBy, type Sorting } from './sorting.js';

/** A column: its title, and what a trial has in it, as text and as what it is sorted by. */
interface Column {
  readonly key: string;
  readonly title: string;
  readonly width: string;
  readonly numeric?: boolean;
  text(trial: TrialRecord): string;
  order(trial: TrialRecord): string | number | undefined;
}

interface Row {
  readonly element: HTMLTableRowElement;
  readonly button: HTMLButtonElement;
  readonly cells: readonly HTMLElement[];
  drawn?: TrialRecord;
}

/** Every trial: its state, hyperparameters, value, and how it ended; sortable. */
export function trialsView({ body: container, tools }: Panel, { lens: focus }: Page): View {
  let model: Model | undefined;
  let info: StudyInfo | undefined;
  let columns: readonly Column[] = [];
  let sorting: Sorting = { key: 'number', descending: true };
  const rows = new Map<number, Row>();
  const body = element('tbody', { role: 'rowgroup' });
  const head = element('tr', { role: 'row' });
  const table = element(
    'table',
    { role: 'table', 'aria-label': 'Trials' },
    element('thead', { role: 'rowgroup' }, head),
    body,
  );
  const empty = element('p', { class: 'empty' }, 'No trial has been started yet.');
  container.append(table, empty);
  // It scrolls, so the keyboard must be able to reach it.
  container.setAttribute('role', 'region');
  container.setAttribute('aria-labelledby', 'trials-title');
  container.tabIndex = 0;

  const select = element('select', { 'aria-label': 'Sort by' });
  const way = element('button', { type: 'button', class: 'way', 'aria-label': 'Reverse the order' });
  tools.append(element('div', { class: 'sort-tools' }, select, way));
  const sortBy = (key: string, descending: boolean) => {
    sorting = { key, descending };
    showSorting();
    order();
  };
  select.addEventListener('change', () => sortBy(select.value, false));
  way.addEventListener('click', () => sortBy(sorting.key, !sorting.descending));

  const showSorting = () => {
    select.value = sorting.key;
    setText(way, sorting.descending ? '↓' : '↑');
    for (const [i, column] of columns.entries()) {
      const cell = head.children[i] as HTMLElement;
      const direction = sorting.descending ? 'descending' : 'ascending';
      setAttribute(cell, 'aria-sort', column.key === sorting.key ? direction : 'none');
    }
  };

  const setColumns = (next: StudyInfo) => {
    info = next;
    columns = columnsOf(next);
    table.style.setProperty('--columns', columns.map(({ width }) => width).join(' '));
    head.replaceChildren(
      ...columns.map(column => {
        const button = element('button', { type: 'button', title: `Sort by ${column.title}` }, column.title);
        button.addEventListener('click', () =>
          sortBy(column.key, sorting.key === column.key ? !sorting.descending : column.key === 'number'),
        );
        return element('th', { role: 'columnheader', scope: 'col', class: column.numeric ? 'num' : undefined }, button);
      }),
    );
    select.replaceChildren(...columns.map(({ key, title }) => element('option', { value: key }, `Sort by ${title}`)));
    rows.clear();
    body.replaceChildren();
    showSorting();
  };

  const newRow = (trial: TrialRecord): Row => {
    const button = element(
      'button',
      { type: 'button', class: 'trial-button', 'aria-pressed': 'false', title: 'Highlight its curve' },
      element('i', { class: `swatch hue-${hueOf(trial.number)}`, 'aria-hidden': 'true' }),
      `#${trial.number}`,
    );
    const cells = columns.map((column, i) =>
      i === 0
        ? element('th', { role: 'rowheader', scope: 'row', 'data-column': column.key }, button)
        : element('td', { role: 'cell', 'data-column': column.key, class: column.numeric ? 'num' : undefined }),
    );
    const row = element('tr', { role: 'row', 'data-trial': String(trial.number) }, ...cells);
    row.addEventListener('pointerenter', event => event.pointerType === 'mouse' && focus.hover(trial.number));
    row.addEventListener('pointerleave', () => focus.hover(undefined));
    button.addEventListener('focus', () => button.matches(':focus-visible') && focus.hover(trial.number));
    button.addEventListener('blur', () => focus.hover(undefined));
    row.addEventListener('click', () => {
      // Selecting text in a row is not choosing it.
      if (getSelection()?.type !== 'Range') focus.pin(trial.number);
    });
    return { element: row, button, cells };
  };

  const draw = (trial: TrialRecord, best: boolean) => {
    let row = rows.get(trial.number);
    if (row === undefined) {
      row = newRow(trial);
      rows.set(trial.number, row);
    }
    row.element.toggleAttribute('data-best', best);
    if (row.drawn === trial) return;
    row.drawn = trial;
    setAttribute(row.element, 'data-state', trial.state);
    for (const [i, column] of columns.entries()) {
      const cell = row.cells[i] as HTMLElement;
      if (column.key === 'number') continue;
      if (column.key === 'ending') drawEnding(cell, trial);
      else {
        const text = column.text(trial);
        setText(cell, text);
        // In the narrow form each value is led by its name, and what is not there is left out.
        setAttribute(cell, 'data-label', text === '' || column.key === 'state' ? undefined : column.title);
      }
    }
  };

  const order = () => {
    const column = columns.find(({ key }) => key === sorting.key);
    if (model === undefined || column === undefined) return;
    const sorted = [...model.study.trials.values()].sort(compareBy(column.order, sorting.descending));
    const held = document.activeElement;
    let cursor = body.firstElementChild;
    for (const { number } of sorted) {
      const row = rows.get(number)?.element;
      if (row === undefined) continue;
      if (row === cursor) cursor = cursor.nextElementSibling;
      else body.insertBefore(row, cursor);
    }
    // Moving an element takes the keyboard's focus from it.
    if (held instanceof HTMLElement && body.contains(held) && held !== document.activeElement) held.focus();
  };

  let lit: number | undefined;
  let pinned: number | undefined;
  const setPinned = (trial: number | undefined, on: boolean) => {
    const row = rows.get(trial ?? -1);
    row?.element.toggleAttribute('data-pinned', on);
    row?.button.setAttribute('aria-pressed', String(on));
  };
  focus.onChange(() => {
    rows.get(lit ?? -1)?.element.removeAttribute('data-focus');
    lit = focus.trial;
    rows.get(lit ?? -1)?.element.setAttribute('data-focus', '');
    if (pinned === focus.pinned) return;
    setPinned(pinned, false);
    pinned = focus.pinned;
    setPinned(pinned, true);
  });

  let bestShown: number | undefined;
  return (next, changed: Changed) => {
    model = next;
    const { study, trials, best } = next.study;
    if (study === undefined) return;
    if (study !== info) setColumns(study);
    if (rows.size === 0) changed = 'all';
    if (changed !== 'all' && changed.size === 0) return;
    for (const number of [bestShown, best?.trial]) {
      const trial = trials.get(number ?? -1);
      if (trial !== undefined) draw(trial, number === best?.trial);
    }
    bestShown = best?.trial;
    for (const number of changed === 'all' ? trials.keys() : changed) {
      const trial = trials.get(number);
      if (trial !== undefined) draw(trial, number === best?.trial);
    }
    order();
    empty.hidden = trials.size > 0;
    table.hidden = trials.size === 0;
    setAttribute(container, 'data-rows', String(rows.size));
  };
}

function drawEnding(cell: HTMLElement, trial: TrialRecord): void {
  const ending = endingOf(trial);
  if (ending === undefined) cell.replaceChildren();
  else cell.replaceChildren(element('b', {}, ending.who), ' ', element('span', {}, ending.why));
}

function columnsOf(info: StudyInfo): Column[] {
  const finite = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? undefined : value);
  return [
    { key: 'number', title: 'Trial', width: '78px', text: t => `#${t.number}`, order: t => t.number },
    { key: 'state', title: 'State', width: '88px', text: t => t.state, order: t => t.state },
    {
      key: 'value',
      title: info.objective.metric,
      width: widthOf([info.objective.metric], 86),
      numeric: true,
      text: t => (t.value === undefined ? '' : metric(t.value)),
      order: t => finite(t.value),
    },
    {
      key: 'epochs',
      title: 'Epochs',
      width: '74px',
      numeric: true,
      text: t => (info.epochs === undefined ? count(t.epochs) : `${count(t.epochs)}/${count(info.epochs)}`),
      order: t => t.epochs,
    },
    ...info.space.map(({ name, ...domain }): Column => {
      const options = 'options' in domain ? domain.options : [];
      const settingOf = ({ hparams }: TrialRecord) => (Object.hasOwn(hparams, name) ? hparams[name] : undefined);
      return {
        key: `hparam ${name}`,
        title: name,
        width: widthOf([name, ...options], 'options' in domain ? 62 : 66),
        numeric: options.every(option => option.trim() !== '' && Number.isFinite(Number(option))),
        text(trial) {
          const value = settingOf(trial);
          return value === undefined ? '' : hyperparameter(value);
        },
        order(trial) {
          const value = settingOf(trial);
          return typeof value === 'number' || value === undefined ? value : String(value);
        },
      };
    }),
    {
      key: 'ending',
      title: 'Ended by',
      width: 'minmax(260px, 1fr)',
      text: t => endingOf(t)?.who ?? '',
      order: t => endingOf(t)?.who,
    },
  ];
}

/** Enough for the longest word and the arrow of the sorting, within reason. */
function widthOf(words: readonly string[], least: number): string {
  const longest = Math.max(...words.map(word => word.length));
  return `${Math.min(220, Math.max(least, Math.round(7.6 * longest) + 30))}px`;
}
