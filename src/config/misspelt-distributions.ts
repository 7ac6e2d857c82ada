import { distance } from 'fastest-levenshtein';
import { InputError } from '../errors.js';
import { distributionKinds, distributionSettings } from '../tune/distributions-from-json.js';
import { type Path, pathText } from '../tune/path.js';

/**
 * Throws an `InputError` for what looks like a distribution whose name is misspelt, `{ "flaot": [0, 1] }`: in a space of one's own it
 * would be passed on as it is, since any object may stand there.
 */
export function refuseMisspelt(value: unknown, path: Path): void {
  if (typeof value !== 'object' || value === null) return;
  const names = Object.keys(value).filter(key => !distributionSettings.includes(key));
  const [name] = names;
  if (names.length === 1 && name !== undefined && Array.isArray((value as Record<string, unknown>)[name])) {
    const meant = distributionKinds.find(kind => kind !== name && isNear(name.toLowerCase(), kind));
    if (meant !== undefined && !distributionKinds.some(kind => kind === name)) {
      throw new InputError(
        `no distribution "${name}" (did you mean "${meant}"?); what is the same for all trials and is called so, goes into objective.with`,
        { path: pathText(path) },
      );
    }
  }
  for (const [key, item] of Object.entries(value))
    refuseMisspelt(item, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** One letter more, less or other, or two neighbours exchanged; of the longer names two letters. */
function isNear(name: string, kind: string): boolean {
  const sameLetters = [...name].sort().join('') === [...kind].sort().join('');
  return distance(name, kind) <= (kind.length > 3 || sameLetters ? 2 : 1);
}
