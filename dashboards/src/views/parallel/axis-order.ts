import type { StudyInfo } from '../../../../src/tune/events.js';
import type { Field } from '../../fields.js';

/** Keys of fields as they stand in the address: percent-encoded, by commas. */
export function keysText(keys: readonly string[]): string {
  return keys.map(encodeURIComponent).join(',');
}

/** The keys that a text stands for; what cannot be read, or is there twice, is left out. */
export function parseKeys(text: string | undefined): readonly string[] {
  const keys = (text ?? '').split(',').flatMap(part => {
    try {
      return part === '' ? [] : [decodeURIComponent(part)];
    } catch {
      return [];
    }
  });
  return [...new Set(keys)];
}

/** The axes unless a person chose others: the hyperparameters in the file's order, then the objectives. */
export function defaultAxes(info: StudyInfo, fields: readonly Field[]): readonly string[] {
  const objectives = (info.objectives ?? [info.objective]).map(({ metric }) =>
    metric === info.objective.metric ? 'value' : `metric ${metric}`,
  );
  const known = new Set(fields.map(({ key }) => key));
  return [...info.space.map(({ name }) => `hparam ${name}`), ...objectives].filter(key => known.has(key));
}

/** The fields that can be axes: what has numbers, and the categories that are known beforehand. */
export function possibleAxes(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ key, kind, options }) => key !== 'seconds' && (kind === 'number' || options !== undefined));
}

/** The axes with one of them at another place. */
export function moved(axes: readonly string[], key: string, to: number): readonly string[] {
  const others = axes.filter(one => one !== key);
  if (others.length === axes.length) return axes;
  return others.toSpliced(Math.min(others.length, Math.max(0, to)), 0, key);
}

/** The axes with one more, or without it; the last two stay, as lines need two. A new one takes its place among the possible ones. */
export function toggled(axes: readonly string[], key: string, possible: readonly string[]): readonly string[] {
  if (axes.includes(key)) return axes.length > 2 ? axes.filter(one => one !== key) : axes;
  const rank = possible.indexOf(key);
  const before = axes.findLastIndex(one => possible.indexOf(one) < rank && possible.indexOf(one) >= 0);
  return axes.toSpliced(before + 1, 0, key);
}
