import { count } from '../../../src/cli/number.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element, setAttribute, setText } from '../element.js';
import type { Field } from '../fields.js';
import type { Model, Page, Panel, View } from '../page.js';
import { noTrialWords } from './absence-words.js';
import { trialMenu } from './controls-trial.js';
import { columnsMenu } from './table-choose.js';
import { type Column, columnsOf, columnsText, parseColumns } from './table-columns.js';
import { csvOf, download, fileName } from './table-csv.js';
import { filterEditor } from './table-filter.js';
import { trialGrid } from './table-grid.js';
import { headCells, markHead } from './table-head.js';
import { menu, popover } from './table-popover.js';
import { newestFirst, parseSort, type SortBy, sortedBy, sortText, sortTrials } from './table-sort.js';

const rowHeight = 37;
/** Milliseconds that the order stays at least, so that rows do not run away from the pointer. */
const orderStays = 500;

/** Every trial: its state, hyperparameters, value, and how it ended; sorted, filtered, selected. */
export function trialsView({ body: container, tools, note }: Panel, page: Page): View {
  const { lens, link } = page;
  container.classList.add('table-scroll');
  let model: Model | undefined;
  let fields: readonly Field[] = [];
  let keys: readonly string[] = [];
  let sorting: readonly SortBy[] = newestFirst;
  let order: readonly number[] = [];
  /** All trials in the order that is wanted, and what of. */
  let sorted: { readonly of: readonly unknown[]; readonly order: readonly number[] } | undefined;
  let columnsFor: string | undefined;
  let ordered = Number.NEGATIVE_INFINITY;
  let timer: number | undefined;
  const narrow = matchMedia('(max-width: 680px)');

  const empty = element('p', { class: 'empty' });
  const grid = trialGrid(container, page, (trial, anchor) => {
    const record = model?.study.trials.get(trial);
    if (record !== undefined) popover.open(anchor, [menu(trialMenu(record, page))], `Trial #${trial}`, grid.focus);
  });
  container.append(empty);

  const select = element('select', { 'aria-label': 'Sort by' });
  const way = element('button', { type: 'button', class: 'way', 'aria-label': 'Reverse the order' });
  const choose = element('button', { type: 'button', class: 'tool', 'aria-haspopup': 'dialog' }, 'Columns');
  const csv = element('button', { type: 'button', class: 'tool' }, 'CSV');
  tools.append(element('div', { class: 'sort-tools' }, select, way), choose, csv);
  select.addEventListener('change', () => sort([{ key: select.value, descending: false }]));
  way.addEventListener('click', () => {
    const { key, descending } = sorting[0] as SortBy;
    sort([{ key, descending: !descending }]);
  });
  choose.addEventListener('click', () => {
    const change = (next: readonly string[] | undefined) => {
      link.set('trials.columns', next && columnsText(next, fields));
      setColumns();
    };
    const list = columnsMenu(fields, () => keys, change);
    popover.open(choose, [list], 'Columns');
  });
  csv.addEventListener('click', () => {
    if (model === undefined) return;
    const trials = order.flatMap(number => model?.study.trials.get(number) ?? []);
    download(fileName(`${model.study.study?.name ?? 'study'}-trials`, 'csv'), 'text/csv', csvOf(model, trials));
  });

  const sort = (next: readonly SortBy[]) => {
    link.set('trials.sort', sortText(next));
    sorting = next;
    setOrder();
  };
  const columns = (): readonly Column[] => columnsOf(keys, fields);
  const setColumns = () => {
    columnsFor = link.get('trials.columns');
    keys = parseColumns(columnsFor, fields);
    const shown = columns();
    grid.setColumns(shown, narrow.matches ? cardHeight(shown) : rowHeight);
    const actions = {
      sort: (key: string, more: boolean) => sort(sortedBy(sorting, key, more)),
      filter(column: Column, anchor: HTMLElement) {
        popover.open(anchor, [filterEditor(column.field, lens, model?.study.trials.values() ?? [])], 'Filter');
      },
    };
    grid.head.replaceChildren(...headCells(shown, actions));
    select.replaceChildren(...fields.map(({ key, title }) => element('option', { value: key }, `Sort by ${title}`)));
    if (model !== undefined) setOrder();
  };
  const setOrder = () => {
    clearTimeout(timer);
    timer = undefined;
    if (model === undefined) return;
    ordered = performance.now();
    const { trials, lastSeq } = model.study;
    const of = [trials, trials.size, lastSeq, fields, sorting];
    if (sorted === undefined || of.some((part, i) => part !== sorted?.of[i])) {
      sorted = { of, order: sortTrials([...trials.values()], fields, sorting) };
    }
    order = sorted.order.filter(number => lens.passes(trials.get(number) as TrialRecord));
    select.value = sorting[0]?.key ?? '';
    setText(way, sorting[0]?.descending ? '↓' : '↑');
    markHead(grid.head, sorting, lens);
    grid.setOrder(order);
    grid.table.hidden = trials.size === 0;
    empty.hidden = order.length > 0;
    setText(
      empty,
      trials.size > 0
        ? `None of the ${count(trials.size)} trials passes the filter.`
        : (noTrialWords(model, lens) ?? ''),
    );
    setText(
      note,
      order.length === trials.size ? '' : `${count(order.length)} of ${count(trials.size)} trials pass the filter.`,
    );
    csv.title = `Download ${count(order.length)} trials with all that each has`;
    setAttribute(container, 'data-rows', String(order.length));
    grid.draw(model, 'all');
  };
  narrow.addEventListener('change', () => model !== undefined && setColumns());

  return (next, changed) => {
    model = next;
    if (next.study.study === undefined) return;
    if (changed === 'all' && (sortText(sorting) ?? '') !== (link.get('trials.sort') ?? '')) {
      sorting = parseSort(link.get('trials.sort'));
    }
    if (next.fields !== fields || (changed === 'all' && link.get('trials.columns') !== columnsFor)) {
      fields = next.fields;
      setColumns();
      return;
    }
    if (changed !== 'all' && changed.size === 0) return;
    const since = performance.now() - ordered;
    if (changed === 'all' || since >= orderStays) return setOrder();
    // What is in sight is drawn at once, in the order that it has.
    grid.draw(next, changed);
    timer ??= window.setTimeout(setOrder, orderStays - since);
  };
}

/** The height of a trial's card on a narrow screen, in pixels: its first line, two values a line, and how it ended. */
function cardHeight(columns: readonly Column[]): number {
  const keys = columns.map(({ field }) => field.key);
  const own = ['number', 'state', 'ending'];
  const values = keys.filter(key => !own.includes(key)).length;
  return 20 + 26 + 22 * Math.ceil(values / 2) + (keys.includes('ending') ? 42 : 0);
}
