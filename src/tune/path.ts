/** Where a value stands in a nested one: keys and indices from the outside in. */
export type Path = readonly (string | number)[];

/** `model.layers[0].dense.units` */
export function pathText(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
