import { columns, padEnd, padStart, truncate, wrap } from './text.js';

/** A column of a table: its title, its cells, and the side to which they keep. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Cells are cut to so many columns; default 28. */
  readonly most?: number;
  /** Stays when there is no room for all; so does the first column. */
  readonly keep?: true;
}

/** The lines of a table, two spaces between columns. */
export interface Table {
  /** Ends with `…` when columns were left out. */
  readonly heading: string;
  readonly rows: readonly string[];
  /** What was left out; empty when nothing was. */
  readonly notes: readonly string[];
}

/** The lines of a table; the last columns that do not fit into `width`, and need not stay, are left out. */
export function table(all: readonly Column[], width: number): Table {
  const laid = all.map(({ title, cells, align = 'left', most = 28, keep }, i) => {
    const texts = [title, ...cells].map(text => truncate(text, most));
    const widest = Math.max(...texts.map(columns));
    return {
      title,
      keeps: keep === true || i === 0,
      widest,
      texts: texts.map(text => (align === 'right' ? padStart(text, widest) : padEnd(text, widest))),
    };
  });
  const total = (some: typeof laid) => some.reduce((sum, { widest }) => sum + widest + 2, -2);
  const everything = total(laid) <= width;
  let used = total(laid.filter(({ keeps }) => keeps)) + (everything ? 0 : 3);
  const fits = laid.map(({ keeps, widest }) => {
    if (everything || keeps) return true;
    used += widest + 2;
    return used <= width;
  });
  const fitting = laid.filter((_, i) => fits[i]);
  const left = laid.filter((_, i) => !fits[i]).map(({ title }) => title);
  const count = Math.max(0, ...fitting.map(({ texts }) => texts.length));
  const [heading = '', ...rows] = Array.from({ length: count }, (_, row) => {
    const cells = fitting.map(({ texts }) => texts[row] ?? '');
    if (row === 0 && left.length > 0) cells.push('…');
    return cells.join('  ').trimEnd();
  });
  return { heading, rows, notes: left.length > 0 ? wrap(`no room for ${left.join(', ')}`.split(' '), width) : [] };
}
