import { isDistribution } from './distributions.js';
import type { HParamValue } from './events.js';

/**
 * What stands for each option in a point of the space: a string, number, boolean or null for itself; an object for its
 * single key, or for what it uses (`{ use, with }`); a distribution and a function for their names; else `#` and the index.
 * A label that would stand for two options has the index appended, so no two are alike.
 */
export function optionLabels(options: readonly unknown[]): readonly HParamValue[] {
  const labels = options.map((option, index) => (isScalar(option) ? option : (nameOf(option) ?? `#${index}`)));
  const texts = labels.map(String);
  const taken = new Set(options.filter(isScalar).map(String));
  return labels.map((label, index) => {
    if (isScalar(options[index])) return label;
    const unique = texts.indexOf(String(label)) === texts.lastIndexOf(String(label));
    let own = unique || label === `#${index}` ? String(label) : `${label}#${index}`;
    // A string among the options may look like a label that was made.
    while (taken.has(own)) own += `#${index}`;
    taken.add(own);
    return own;
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
