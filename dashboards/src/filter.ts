import type { TrialRecord } from '../../src/tune/study-state.js';
import type { Field } from './fields.js';

/** What a person wants to see of one field: numbers within a range (ends included), or some categories; with `lacking` also trials that do not have it. */
export type Wanted = { readonly lacking?: true | undefined } & (
  | { readonly low?: number | undefined; readonly high?: number | undefined }
  | { readonly of: readonly string[] }
);

/** Trials that do not have a field. */
export const lackingOnly: Wanted = { of: [], lacking: true };

/** What becomes of the trials that do not have a field, as those with a hyperparameter under a condition: they are kept beside the others, left out, or the only ones. */
export type Lacking = 'kept' | 'left-out' | 'only';

/** What is said of trials that do not have a field, by what is wanted of it. */
export function lackingIn(wanted: Wanted | undefined): Lacking {
  if (wanted === undefined) return 'kept';
  if (wanted.lacking !== true) return 'left-out';
  return 'of' in wanted && wanted.of.length === 0 ? 'only' : 'kept';
}

/** What is wanted once something else becomes of the trials that do not have the field; `any` is all that others can have. */
export function withLacking(wanted: Wanted | undefined, lacking: Lacking, any: Wanted): Wanted | undefined {
  if (lacking === 'only') return lackingOnly;
  const others = wanted === undefined || lackingIn(wanted) === 'only' ? any : wanted;
  if (lacking === 'left-out') return { ...others, lacking: undefined };
  return others === any ? undefined : { ...others, lacking: true };
}

/** Which trials all views show: those that have what is wanted of every field named here, by the field's key. */
export type Filter = Readonly<Record<string, Wanted>>;

/** All trials. */
export const noFilter: Filter = {};

/** Whether a trial is what the filter wants; a trial without a field that is named is it only if those are wanted. A field that is not known does not count. */
export function passes(filter: Filter, fields: readonly Field[], trial: TrialRecord): boolean {
  for (const field of fields) {
    const wanted = Object.hasOwn(filter, field.key) ? filter[field.key] : undefined;
    if (wanted === undefined) continue;
    const value = field.of(trial);
    if (value === undefined) {
      if (wanted.lacking !== true) return false;
    } else if ('of' in wanted) {
      if (!wanted.of.includes(String(value))) return false;
    } else if (typeof value !== 'number' || value < (wanted.low ?? -Infinity) || value > (wanted.high ?? Infinity)) {
      return false;
    }
  }
  return true;
}

/**
 * The filter as it stands in the address: `state=complete,pruned;hparam units=16..64;hparam momentum=0.9..,!`, where `!` stands for
 * trials that do not have it; names and categories are percent-encoded.
 */
export function filterText(filter: Filter): string {
  return Object.entries(filter)
    .map(([key, wanted]) => {
      const others = 'of' in wanted ? wanted.of.map(encode) : [`${wanted.low ?? ''}..${wanted.high ?? ''}`];
      return `${encodeURIComponent(key)}=${[...others, ...(wanted.lacking ? ['!'] : [])].join(',')}`;
    })
    .join(';');
}

/** The filter that the text stands for; what cannot be read is left out. */
export function parseFilter(text: string): Filter {
  const filter: Record<string, Wanted> = {};
  for (const part of text.split(';')) {
    const [name, value] = part.split('=');
    if (!name || value === undefined) continue;
    const key = decode(name);
    if (key === undefined) continue;
    const parts = value.split(',');
    const others = parts.filter(part => part !== '!');
    const lacking = others.length < parts.length && { lacking: true as const };
    const range = others.length === 1 ? /^(-?[\d.e+-]*?)\.\.(-?[\d.e+-]*)$/i.exec(others[0] as string) : null;
    if (range === null) filter[key] = { of: others.flatMap(each => decode(each) ?? []), ...lacking };
    else filter[key] = { low: bound(range[1]), high: bound(range[2]), ...lacking };
  }
  return filter;
}

function bound(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}

/** `!` is no category. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('!', '%21');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
