/**
 * A value as JSON can carry it to the bit: NaN, the infinities and −0, which JSON has not or does not keep, become
 * `{ "$number": "NaN" | "Infinity" | "-Infinity" | "-0" }`, and an object that happens to have such a key becomes
 * `{ "$object": … }`. What needs none of that is returned itself.
 */
export function withExactNumbers(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' };
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let items: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = withExactNumbers(value[i]);
      if (item === value[i]) continue;
      items ??= value.slice();
      items[i] = item;
    }
    return items ?? value;
  }
  const changed = changedEntries(value, withExactNumbers);
  const marked = Object.hasOwn(value, '$number') || Object.hasOwn(value, '$object');
  return marked ? { $object: changed } : changed;
}

/** What `withExactNumbers` was given, from what it returned. */
export function exactNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(exactNumbers);
  if (Object.hasOwn(value, '$number')) return Number((value as { $number: string }).$number);
  const inner = Object.hasOwn(value, '$object') ? (value as { $object: object }).$object : value;
  return changedEntries(inner, exactNumbers);
}

function changedEntries(value: object, change: (item: unknown) => unknown): object {
  let changed: [string, unknown][] | undefined;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    // The numbers of a report are many and nearly all plain.
    if (typeof item === 'string' || (typeof item === 'number' && item - item === 0 && item !== 0)) continue;
    const now = change(item);
    if (now !== item || Object.is(item, -0)) {
      changed ??= Object.entries(value);
      changed[changed.findIndex(([name]) => name === key)] = [key, now];
    }
  }
  return changed === undefined ? value : Object.fromEntries(changed);
}
