import type { TrialRecord } from '../../src/tune/study-state.js';
import type { Field } from './fields.js';

/** What a person wants to see of one field: numbers within a range (ends included), or some categories. */
export type Wanted =
  | { readonly low?: number | undefined; readonly high?: number | undefined }
  | { readonly of: readonly string[] };

/** Which trials all views show: those that have what is wanted of every field named here, by the field's key. */
export type Filter = Readonly<Record<string, Wanted>>;

/** All trials. */
export const noFilter: Filter = {};

/** Whether a trial is what the filter wants; a trial without a field that is named is not. A field that is not known does not count. */
export function passes(filter: Filter, fields: readonly Field[], trial: TrialRecord): boolean {
  for (const field of fields) {
    const wanted = Object.hasOwn(filter, field.key) ? filter[field.key] : undefined;
    if (wanted === undefined) continue;
    const value = field.of(trial);
    if (value === undefined) return false;
    if ('of' in wanted) {
      if (!wanted.of.includes(String(value))) return false;
    } else if (typeof value !== 'number' || value < (wanted.low ?? -Infinity) || value > (wanted.high ?? Infinity)) {
      return false;
    }
  }
  return true;
}

/** The filter as it stands in the address: `state=complete,pruned;hparam units=16..64`; names and categories are percent-encoded. */
export function filterText(filter: Filter): string {
  return Object.entries(filter)
    .map(([key, wanted]) => {
      const value =
        'of' in wanted ? wanted.of.map(encodeURIComponent).join(',') : `${wanted.low ?? ''}..${wanted.high ?? ''}`;
      return `${encodeURIComponent(key)}=${value}`;
    })
    .join(';');
}

/** The filter that the text stands for; what cannot be read is left out. */
export function parseFilter(text: string): Filter {
  const filter: Record<string, Wanted> = {};
  for (const part of text.split(';')) {
    const [name, value] = part.split('=');
    if (!name || value === undefined) continue;
    const range = /^(-?[\d.e+-]*?)\.\.(-?[\d.e+-]*)$/i.exec(value);
    const key = decode(name);
    if (key === undefined) continue;
    if (range === null) filter[key] = { of: value.split(',').flatMap(each => decode(each) ?? []) };
    else filter[key] = { low: bound(range[1]), high: bound(range[2]) };
  }
  return filter;
}

function bound(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
