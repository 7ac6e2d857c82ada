import { element, setAttribute } from '../element.js';
import type { Lens } from '../lens.js';
import type { Column } from './table-columns.js';
import type { SortBy } from './table-sort.js';

/** What a person does at a column's title. */
export interface HeadActions {
  sort(key: string, more: boolean): void;
  filter(column: Column, anchor: HTMLElement): void;
}

/** The titles of the columns: a button that sorts, and one that filters. */
export function headCells(columns: readonly Column[], { sort, filter }: HeadActions): HTMLElement[] {
  return [
    element(
      'th',
      { role: 'columnheader', scope: 'col', 'data-column': 'select' },
      element('span', { class: 'visually-hidden' }, 'Selected'),
    ),
    ...columns.map(column => {
      const { key, title, condition } = column.field;
      const hint = `Sort by ${title}; with Shift after what it is sorted by already`;
      const button = element('button', { type: 'button', class: 'sort-button', title: hint }, title);
      button.addEventListener('click', event => sort(key, event.shiftKey));
      const open = element('button', {
        type: 'button',
        class: 'filter-button',
        'aria-label': `Filter by ${title}`,
        'aria-haspopup': 'dialog',
        title: condition === undefined ? 'Filter' : `Filter; there if ${condition}`,
      });
      open.addEventListener('click', () => filter(column, open));
      return element(
        'th',
        { role: 'columnheader', scope: 'col', 'data-head': key, class: column.numeric ? 'num' : undefined },
        button,
        open,
      );
    }),
  ];
}

/** Shows by which columns is sorted and filtered. */
export function markHead(head: HTMLElement, sorting: readonly SortBy[], lens: Lens): void {
  for (const cell of head.querySelectorAll<HTMLElement>('[data-head]')) {
    const key = cell.dataset.head as string;
    const place = sorting.findIndex(each => each.key === key);
    const descending = sorting[place]?.descending;
    const way = place < 0 ? 'none' : descending ? 'descending' : 'ascending';
    // Only one column may say so to assistive technology; the others show it.
    setAttribute(cell, 'aria-sort', place > 0 ? 'none' : way);
    setAttribute(cell, 'data-sort', place < 0 ? undefined : way);
    setAttribute(cell, 'data-place', place >= 0 && sorting.length > 1 ? String(place + 1) : undefined);
    cell.toggleAttribute('data-filtered', Object.hasOwn(lens.filter, key));
  }
}
