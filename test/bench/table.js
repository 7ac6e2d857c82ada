// Tables, as text for a terminal and as Markdown.

/**
 * @typedef {object} Table
 * @property {string} [title]
 * @property {readonly string[]} columns
 * @property {readonly (readonly string[])[]} rows
 */

/** Lines with the first column on the left and the others on the right. */
export function textTable({ title, columns, rows }) {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map(row => (row[i] ?? '').length)));
  const line = row => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return [...(title === undefined ? [] : [title]), ...all.map(row => line(row).trimEnd())];
}

/** The same in Markdown. */
export function markdownTable({ title, columns, rows }) {
  const line = row => `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (i === 0 ? ' --- |' : ' ---: |')).join('')}`;
  return [...(title === undefined ? [] : [title, '']), line(columns), rule, ...rows.map(line)];
}
