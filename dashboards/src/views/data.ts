import { count, counted, hyperparameter } from '../../../src/cli/number.js';
import type { ColumnInfo, DatasetInfo } from '../../../src/data/dataset-info.js';
import { element, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { findField } from './find-field.js';
import { tinyBars } from './study-bars.js';

const folded = 16;

/** The data of the study: rows, splits, classes, and what each column is like. */
export function dataView({ body, tools, note }: Panel, { link }: Page): View {
  let shown: DatasetInfo | undefined;
  const find = findField(link, 'data.find', 'Find a column', () => fill());
  tools.append(find.element);
  const summary = element('p', { class: 'data-summary' });
  const splits = element('div', { class: 'data-splits' });
  const classes = element('div', { class: 'data-classes' });
  const rows = element('tbody', {});
  const more = element('button', { type: 'button', class: 'plain-button' });
  const table = element(
    'table',
    { class: 'data-table' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Column'),
        ...['Least', 'Mean', 'Greatest', 'Deviation'].map(title =>
          element('th', { scope: 'col', class: 'num' }, title),
        ),
        element('th', { scope: 'col', class: 'num' }, 'Missing'),
        element('th', { scope: 'col' }, 'Values'),
      ),
    ),
    rows,
  );
  body.append(
    summary,
    element('div', { class: 'data-shares' }, splits, classes),
    element('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Columns' }, table),
    more,
  );
  const fill = () => {
    if (shown === undefined) return;
    const { wanted } = find;
    const { target, columns, allColumns } = shown;
    const found = columns.filter(({ name }) => name.toLowerCase().includes(wanted));
    const few = link.get('data.all') === '1' || wanted !== '' ? found : found.slice(0, folded);
    rows.replaceChildren(...few.map(column => rowOf(column, column.name === target)));
    more.hidden = few.length === found.length;
    setText(more, `Show all ${count(found.length)} columns`);
    const left = allColumns - columns.length;
    setText(
      note,
      found.length === 0
        ? 'No column has that in its name.'
        : left > 0
          ? `${counted(left, 'more column')} in the file.`
          : '',
    );
  };
  more.addEventListener('click', () => {
    link.set('data.all', '1');
    fill();
  });
  return ({ study: { study } }, changed) => {
    const dataset = study?.dataset;
    if (dataset === undefined) return;
    if (changed === 'all') find.follow();
    if (dataset === shown) return changed === 'all' ? fill() : undefined;
    shown = dataset;
    find.element.hidden = dataset.columns.length < 8;
    const { source, rows: n, features, target, task } = dataset;
    summary.replaceChildren(
      element('b', {}, source),
      ` has ${counted(n, 'row')} and ${counted(dataset.allColumns, 'column')}; the network reads ${counted(features, 'number')} and tells `,
      element('b', {}, target),
      ` (${task}).`,
    );
    splits.replaceChildren(element('h3', {}, 'Splits'), ...bars(dataset.splits));
    classes.hidden = dataset.classes === undefined;
    classes.replaceChildren(element('h3', {}, 'Classes'), ...bars(dataset.classes ?? []));
    fill();
  };
}

const mostBars = 40;

function bars(shares: readonly { readonly name: string; readonly rows: number }[]): Node[] {
  const most = Math.max(1, ...shares.map(({ rows }) => rows));
  const all = shares.reduce((sum, { rows }) => sum + rows, 0);
  const list = element(
    'dl',
    { class: 'shares' },
    ...shares.slice(0, mostBars).flatMap(({ name, rows }) => {
      const fill = element('span', { class: 'share-fill' });
      fill.style.width = `${(100 * rows) / most}%`;
      const share = all > 0 ? ` ${((100 * rows) / all).toFixed(1)} %` : '';
      return [
        element('dt', {}, name),
        element(
          'dd',
          {},
          element('span', { class: 'share-bar', 'aria-hidden': 'true' }, fill),
          element('span', { class: 'share-rows' }, count(rows)),
          element('span', { class: 'quiet' }, share),
        ),
      ];
    }),
  );
  const left = shares.length - mostBars;
  return left > 0 ? [list, element('p', { class: 'quiet' }, `and ${count(left)} more`)] : [list];
}

function rowOf(column: ColumnInfo, target: boolean): HTMLElement {
  const { name, missing } = column;
  const number = (value: number) => element('td', { class: 'num' }, hyperparameter(value));
  const middle =
    column.kind === 'number'
      ? [number(column.min), number(column.mean), number(column.max), number(column.deviation)]
      : [element('td', { colspan: '4', class: 'categories' }, categoriesText(column))];
  const chart =
    column.kind === 'number'
      ? tinyBars(
          column.histogram,
          `${name}: from ${hyperparameter(column.min)} to ${hyperparameter(column.max)}, mean ${hyperparameter(column.mean)}`,
        )
      : tinyBars(
          column.top.map(({ rows }) => rows),
          `${name}: ${categoriesText(column)}`,
        );
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, name, ...(target ? [element('span', { class: 'tag' }, 'target')] : [])),
    ...middle,
    element('td', { class: 'num' }, missing === 0 ? '' : count(missing)),
    element('td', {}, chart),
  );
}

function categoriesText({ categories, top }: Extract<ColumnInfo, { kind: 'category' }>): string {
  const names = top.slice(0, 3).map(({ name, rows }) => `${name} ${count(rows)}`);
  return `${count(categories)} ${categories === 1 ? 'category' : 'categories'}: ${names.join(', ')}${categories > 3 ? ', …' : ''}`;
}
