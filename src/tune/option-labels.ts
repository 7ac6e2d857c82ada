import { isDistribution } from './distributions.js';
import type { HParamValue } from './events.js';

/**
 * What stands for each option in a point of the space: a string, number, boolean or null for itself; any other for its name: an
 * object for its single key, or for what it uses (`{ use, with }`), a distribution and a function for their names. Where one of those
 * has no name, or two have the same, `#` and the index stand for each of them. A label that a string among the options has already
 * has the index appended, so no two are alike.
 */
export function optionLabels(options: readonly unknown[]): readonly HParamValue[] {
  const names = options.map(option => (isScalar(option) ? undefined : nameOf(option)));
  const others = names.filter((_, index) => !isScalar(options[index]));
  const named = others.every(name => name !== undefined) && new Set(others).size === others.length;
  const taken = new Set(options.filter(isScalar).map(String));
  return options.map((option, index) => {
    if (isScalar(option)) return option;
    let label = named ? (names[index] as string) : `#${index}`;
    while (taken.has(label)) label += `#${index}`;
    taken.add(label);
    return label;
  });
}

function isScalar(option: unknown): option is HParamValue {
  return option === null || ['string', 'number', 'boolean'].includes(typeof option);
}

function nameOf(option: unknown): string | undefined {
  if (typeof option === 'function') return option.name || undefined;
  if (isDistribution(option)) return option.name ?? option.kind;
  if (typeof option !== 'object' || option === null || Array.isArray(option)) return undefined;
  if ('use' in option && typeof option.use === 'string') return option.use;
  const keys = Object.keys(option);
  return keys.length === 1 ? keys[0] : undefined;
}
