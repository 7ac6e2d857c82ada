import { element, setAttribute } from '../element.js';
import type { Changed, Model, Page } from '../page.js';
import type { Column } from './table-columns.js';
import { drawRow, newRow, type Row, rowId } from './table-rows.js';
import { rowsInSight } from './table-window.js';

/** The rows of the table of trials, of which only those in sight are in the document. */
export interface Grid {
  readonly table: HTMLTableElement;
  readonly head: HTMLElement;
  setColumns(columns: readonly Column[], rowHeight: number): void;
  /** Shows these trials in this order; the place that a person looks at stays. */
  setOrder(order: readonly number[]): void;
  draw(model: Model, changed: Changed): void;
  focus(): void;
}

/** An empty grid in a scrolling container; `menu` opens what can be done with a trial. */
export function trialGrid(scroller: HTMLElement, page: Page, menu: (trial: number, anchor: HTMLElement) => void): Grid {
  const { lens } = page;
  const head = element('tr', { role: 'row', 'aria-rowindex': '1' });
  const body = element('tbody', { role: 'rowgroup' });
  const table = element(
    'table',
    { role: 'grid', class: 'grid', 'aria-label': 'Trials', 'aria-multiselectable': 'true', tabindex: '0' },
    element('thead', { role: 'rowgroup' }, head),
    body,
  );
  const ways = 'Arrows move, Space selects, Enter highlights and then opens, M lists what can be done.';
  const hint = element('p', { id: 'trials-keys', class: 'visually-hidden' }, ways);
  table.setAttribute('aria-describedby', hint.id);
  scroller.append(hint, table);
  let model: Model | undefined;
  let columns: readonly Column[] = [];
  let height = 37;
  let order: readonly number[] = [];
  /** Where each trial is in the order, from 1; 0 for one that is not. */
  let places = new Int32Array(0);
  let active: number | undefined;
  /** From where a range of rows is selected. */
  let from: number | undefined;
  let rows = new Map<number, Row>();

  const placeOf = (trial: number | undefined) => {
    const place = trial === undefined ? undefined : places[trial];
    return place ? place - 1 : undefined;
  };
  const looksOf = (trial: number, index: number) => ({
    index,
    best: trial === model?.study.best?.trial,
    selected: lens.selected.has(trial),
    pinned: trial === lens.pinned,
    lit: trial === lens.trial,
    active: trial === active,
  });
  const scrolls = () => scroller.scrollHeight > scroller.clientHeight + 1;
  const sight = () => {
    const { top, bottom } = scroller.getBoundingClientRect();
    const first = body.getBoundingClientRect().top;
    // Where it does not scroll by itself the page does.
    const area = scrolls()
      ? { top: first, from: top, to: bottom }
      : { top: first, from: Math.max(0, top), to: Math.min(innerHeight, bottom) };
    return rowsInSight(order.length, height, area);
  };
  const render = () => {
    const { first, end } = sight();
    const next = new Map<number, Row>();
    for (let i = first; i < end; i++) {
      const number = order[i] as number;
      const trial = model?.study.trials.get(number);
      if (trial === undefined) continue;
      const row = rows.get(number) ?? added(newRow(number, columns));
      row.element.style.transform = `translateY(${i * height}px)`;
      drawRow(row, trial, columns, looksOf(number, i));
      next.set(number, row);
    }
    for (const [number, row] of rows) if (!next.has(number)) row.element.remove();
    rows = next;
    // In the order of the list, for those who hear it.
    let cursor = body.firstElementChild;
    for (const { element: row } of rows.values()) {
      if (row === cursor) cursor = cursor.nextElementSibling;
      else body.insertBefore(row, cursor);
    }
    setAttribute(table, 'aria-activedescendant', active !== undefined && rows.has(active) ? rowId(active) : undefined);
  };
  const redrawLooks = () => {
    for (const [number, row] of rows) {
      const trial = model?.study.trials.get(number);
      if (trial !== undefined) drawRow(row, trial, columns, looksOf(number, placeOf(number) ?? 0));
    }
  };

  const added = (row: Row): Row => {
    const { element: tr, box, trial } = row;
    tr.addEventListener('pointerenter', event => event.pointerType === 'mouse' && lens.hover(trial));
    tr.addEventListener('pointerleave', () => lens.hover(undefined));
    box.addEventListener('click', event => {
      event.stopPropagation();
      select(trial, event.shiftKey);
    });
    row.menu.addEventListener('click', event => {
      event.stopPropagation();
      menu(trial, row.menu);
    });
    tr.addEventListener('click', event => {
      setActive(trial);
      table.focus({ preventScroll: true });
      if (event.ctrlKey || event.metaKey || event.shiftKey) {
        getSelection()?.removeAllRanges();
        select(trial, event.shiftKey);
      } else if (getSelection()?.type !== 'Range') lens.pin(trial);
    });
    tr.addEventListener('dblclick', () => open(trial));
    tr.addEventListener('contextmenu', event => {
      if (getSelection()?.type === 'Range') return;
      event.preventDefault();
      menu(trial, row.menu);
    });
    return row;
  };
  const open = (trial: number) => page.link.go({ at: 'trial', trial: String(trial) });
  const select = (trial: number, range: boolean) => {
    const [a, b] = [placeOf(from), placeOf(trial)];
    if (range && a !== undefined && b !== undefined) {
      lens.select([...lens.selected, ...order.slice(Math.min(a, b), Math.max(a, b) + 1)]);
    } else lens.toggle(trial);
    from = trial;
    active = trial;
    table.focus({ preventScroll: true });
    render();
  };
  const setActive = (trial: number | undefined) => {
    active = trial;
    render();
  };
  const moveTo = (index: number) => {
    const trial = order[Math.max(0, Math.min(order.length - 1, index))];
    if (trial === undefined) return;
    active = trial;
    reveal(placeOf(trial) as number);
    render();
    lens.hover(trial);
  };
  /** Scrolls so that a row is in sight, beneath the heading. */
  const reveal = (index: number) => {
    const heading = head.offsetHeight;
    const top = index * height;
    if (scrolls()) {
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + height > scroller.scrollTop + scroller.clientHeight - heading) {
        scroller.scrollTop = top + height - scroller.clientHeight + heading;
      }
      return;
    }
    const at = body.getBoundingClientRect().top + top;
    if (at < 8) scrollBy(0, at - 8);
    else if (at + height > innerHeight - 8) scrollBy(0, at + height - innerHeight + 8);
  };

  table.addEventListener('keydown', event => {
    if (event.target !== table || order.length === 0) return;
    const at = placeOf(active);
    const page = Math.max(1, Math.floor(scroller.clientHeight / height) - 2);
    const trial = at === undefined ? undefined : active;
    const ways: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(at === undefined ? 0 : at + 1),
      ArrowUp: () => moveTo(at === undefined ? 0 : at - 1),
      PageDown: () => moveTo((at ?? 0) + page),
      PageUp: () => moveTo((at ?? 0) - page),
      Home: () => moveTo(0),
      End: () => moveTo(order.length - 1),
      Enter: () => {
        if (trial === undefined) return;
        if (trial === lens.pinned) open(trial);
        else lens.pin(trial);
      },
      ' ': () => trial !== undefined && select(trial, event.shiftKey),
      m: () => trial !== undefined && menu(trial, rows.get(trial)?.menu ?? table),
      ContextMenu: () => trial !== undefined && menu(trial, rows.get(trial)?.menu ?? table),
    };
    const way = event.ctrlKey || event.metaKey || event.altKey ? undefined : ways[event.key];
    if (way === undefined) return;
    event.preventDefault();
    way();
  });
  table.addEventListener('focus', () => {
    if (placeOf(active) === undefined) active = placeOf(lens.pinned) === undefined ? order[0] : lens.pinned;
    render();
  });
  table.addEventListener('blur', () => lens.hover(undefined));
  let waiting = false;
  const soon = () => {
    if (waiting || model === undefined || !scroller.isConnected || scroller.offsetParent === null) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      render();
    });
  };
  scroller.addEventListener('scroll', soon, { passive: true });
  addEventListener('scroll', soon, { passive: true });
  new ResizeObserver(soon).observe(scroller);
  lens.onChange(change => {
    if (change !== 'filter') redrawLooks();
  });

  return {
    table,
    head,
    setColumns(next, rowHeight) {
      columns = next;
      height = rowHeight;
      table.style.setProperty('--columns', ['34px', ...next.map(({ width }) => width)].join(' '));
      table.style.setProperty('--row', `${height}px`);
      setAttribute(table, 'aria-colcount', String(next.length + 1));
      body.replaceChildren();
      rows = new Map();
      body.style.height = `${order.length * height}px`;
    },
    setOrder(next) {
      // A row that stands still is the anchor, so that what is above it may grow and shrink.
      const first = Math.min(order.length - 1, Math.floor(scroller.scrollTop / height));
      const anchor = scroller.scrollTop > 0 ? order[first] : undefined;
      order = next;
      places = new Int32Array(order.reduce((most, number) => Math.max(most, number), -1) + 1);
      for (const [i, number] of order.entries()) places[number] = i + 1;
      body.style.height = `${order.length * height}px`;
      setAttribute(table, 'aria-rowcount', String(order.length + 1));
      const now = placeOf(anchor);
      const state = model?.study.trials.get(anchor ?? -1)?.state;
      if (now !== undefined && state !== 'running') scroller.scrollTop += (now - first) * height;
    },
    draw(next, changed) {
      model = next;
      if (changed === 'all' || changed.size > 0) render();
    },
    focus: () => table.focus(),
  };
}
