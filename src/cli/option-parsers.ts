import { didYouMean, InputError } from '../errors.js';
import { DEVICE_NAMES, type DeviceName } from '../kernels/device.js';

/** A parser of a whole number within [minimum, maximum], for the option of that name. */
export function wholeNumber(
  option: string,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const range = maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum} up` : `from ${minimum} to ${maximum}`;
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InputError(`${option}: expected a whole number ${range}, got "${text}"`);
  };
}

/** A parser of `auto` or a whole number from 1. */
export function parallelism(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : wholeNumber('--parallel', 1)(text);
}

const devices = ['auto', ...DEVICE_NAMES] as const;

/** A parser of a device's name. */
export function deviceName(text: string): DeviceName | 'auto' {
  const device = devices.find(name => name === text);
  if (device !== undefined) return device;
  throw new InputError(`--device: no device "${text}"${didYouMean(text, devices)}; there are ${devices.join(', ')}`);
}

/** A parser of one of a few words, for the option of that name. */
export function oneOf<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word {
  return text => {
    const word = words.find(each => each === text);
    if (word !== undefined) return word;
    throw new InputError(`${option}: expected ${words.join(' or ')}, got "${text}"${didYouMean(text, words)}`);
  };
}

/** A parser of names with commas between them, for the option of that name. */
export function words(option: string): (text: string) => string[] {
  return text => {
    const names = text.split(',').map(name => name.trim());
    if (names.every(name => name !== '')) return names;
    throw new InputError(`${option}: expected names with commas between them, got "${text}"`);
  };
}

/** Collects the values of an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
