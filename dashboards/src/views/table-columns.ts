import type { Field } from '../fields.js';

/** A field as a column of the table. */
export interface Column {
  readonly field: Field;
  /** Of the grid template. */
  readonly width: string;
  /** Its cells stand at the right, as numbers do. */
  readonly numeric: boolean;
}

const mostHParams = 12;

/** The columns that are there until somebody chooses: what every trial has, and the first hyperparameters. */
export function usualColumns(fields: readonly Field[]): readonly string[] {
  const hparams = fields.filter(({ key }) => key.startsWith('hparam ')).slice(0, mostHParams);
  return ['number', 'state', 'value', 'epochs', ...hparams.map(({ key }) => key), 'ending'];
}

/** The columns of a text as it stands in the address, in the fields' order; the trial's number is always there. */
export function parseColumns(text: string | undefined, fields: readonly Field[]): readonly string[] {
  if (text === undefined) return usualColumns(fields);
  const wanted = new Set(['number', ...text.split(',').map(decode)]);
  return fields.map(({ key }) => key).filter(key => wanted.has(key));
}

/** The text for the address; undefined for the usual columns. */
export function columnsText(keys: readonly string[], fields: readonly Field[]): string | undefined {
  const text = (of: readonly string[]) => of.map(encodeURIComponent).join(',');
  return text(keys) === text(usualColumns(fields)) ? undefined : text(keys);
}

/** The columns with these keys. */
export function columnsOf(keys: readonly string[], fields: readonly Field[]): readonly Column[] {
  return fields
    .filter(({ key }) => keys.includes(key))
    .map(field => {
      const { key, title, kind, options = [] } = field;
      const numbers = options.length > 0 && options.every(each => each.trim() !== '' && Number.isFinite(Number(each)));
      return { field, width: widthOf(key, title, options), numeric: kind === 'number' ? key !== 'number' : numbers };
    });
}

/** Enough for the longest word, the arrow of the sorting and the button of the filter, within reason. */
function widthOf(key: string, title: string, options: readonly string[]): string {
  if (key === 'ending') return 'minmax(260px, 1fr)';
  if (key === 'number') return '86px';
  if (key === 'state') return '92px';
  const longest = options.reduce((most, { length }) => Math.max(most, 7.6 * length + 18), 6.6 * title.length + 36);
  return `${Math.round(Math.min(220, Math.max(key === 'value' ? 86 : options.length > 0 ? 68 : 84, longest)))}px`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
