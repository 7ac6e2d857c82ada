/** JSON as a value: what a training file or a model file can say about a part. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Splits the file form of a part, `"adam"` or `{ "adam": { … } }`, into its name and its options; undefined when it is neither. */
export function namedForm(form: unknown): { readonly name: string; readonly options: unknown } | undefined {
  if (typeof form === 'string') return { name: form, options: {} };
  if (typeof form !== 'object' || form === null || Array.isArray(form)) return undefined;
  const entries = Object.entries(form);
  return entries.length === 1 ? { name: entries[0]![0], options: entries[0]![1] } : undefined;
}
