import { columns, padEnd, padStart, truncate } from './text.js';

/** A column of a table: its title, its cells, and the side to which they keep. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Cells are cut to so many columns; default 28. */
  readonly most?: number;
}

/** The lines of a table, a heading first, two spaces between columns; the last columns that do not fit into `width` are left out, which `…` in the heading says. */
export function table(all: readonly Column[], width: number): string[] {
  const laid = all.map(({ title, cells, align = 'left', most = 28 }) => {
    const texts = [title, ...cells].map(text => truncate(text, most));
    const widest = Math.max(...texts.map(columns));
    return { widest, texts: texts.map(text => (align === 'right' ? padStart(text, widest) : padEnd(text, widest))) };
  });
  let used = -2;
  const fitting = laid.filter(({ widest }, i) => {
    used += widest + 2;
    return i === 0 || used <= (i < laid.length - 1 ? width - 3 : width);
  });
  const rows = Math.max(0, ...fitting.map(({ texts }) => texts.length));
  return Array.from({ length: rows }, (_, row) => {
    const cells = fitting.map(({ texts }) => texts[row] ?? '');
    if (row === 0 && fitting.length < laid.length) cells.push('…');
    return cells.join('  ').trimEnd();
  });
}
