import { didYouMean, InputError } from '../errors.js';
import type { HParams, HParamValue } from '../tune/events.js';
import { wholeNumber } from './option-parsers.js';

/**
 * Hyperparameters from `name=value` each; a value is what its JSON says, and a text where it is none (`activation=relu`).
 *
 * @throws InputError for what is no such assignment, and for a name that is there twice.
 */
export function hparamsFrom(texts: readonly string[]): HParams {
  return Object.fromEntries(Array.from(assignments(texts, 'units=64'), ([name, text]) => [name, fromText(text)]));
}

/**
 * The settings of a study from `parallel=4`, `trials=200` or both.
 *
 * @throws InputError for another setting, and for a value that is no whole number from 1.
 */
export function settingsFrom(texts: readonly string[]): { readonly parallel?: number; readonly trials?: number } {
  const names = ['parallel', 'trials'];
  const settings = Array.from(assignments(texts, 'parallel=4'), ([name, text]) => {
    if (!names.includes(name)) {
      throw new InputError(`no setting "${name}"${didYouMean(name, names)}; there are ${names.join(' and ')}`);
    }
    return [name, wholeNumber(name, 1)(text)] as const;
  });
  return Object.fromEntries(settings);
}

function assignments(texts: readonly string[], example: string): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new InputError(`expected name=value, such as ${example}, got "${text}"`);
    const name = text.slice(0, at);
    if (all.has(name)) throw new InputError(`${name} is there twice; leave one of them out`);
    all.set(name, text.slice(at + 1));
  }
  return all;
}

function fromText(text: string): HParamValue {
  try {
    const value = JSON.parse(text) as unknown;
    // An option that is more than a value has a text for its label; what is too large for a number is none.
    const plain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
    return plain ? (value as HParamValue) : text;
  } catch {
    return text;
  }
}
