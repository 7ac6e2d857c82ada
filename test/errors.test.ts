import { describe, expect, test } from 'vitest';
import { didYouMean, InputError } from '../src/errors.js';

describe('InputError', () => {
  test('reads file: path: problem', () => {
    expect(new InputError('no column "digt"', { file: 'search.json', path: 'data.target' }).message).toBe(
      'search.json: data.target: no column "digt"',
    );
    expect(new InputError('is empty', { file: 'a.csv' }).message).toBe('a.csv: is empty');
    expect(new InputError('is empty').message).toBe('is empty');
  });

  test('at completes the place and keeps what is known', () => {
    expect(new InputError('is empty', { path: 'x' }).at({ file: 'f', path: 'y' }).message).toBe('f: x: is empty');
  });
});

describe('didYouMean', () => {
  test('takes an abbreviation for what it begins, before words that are merely near', () => {
    expect(didYouMean('valAcc', ['loss', 'valF1', 'valAccuracy', 'valMae'])).toBe(' (did you mean "valAccuracy"?)');
  });

  test('names the nearest candidate, whatever the case', () => {
    expect(didYouMean('digt', ['age', 'digit'])).toBe(' (did you mean "digit"?)');
    expect(didYouMean('RELU', ['relu', 'elu'])).toBe(' (did you mean "relu"?)');
  });

  test('is silent when nothing is near', () => {
    expect(didYouMean('zzzz', ['relu', 'tanh'])).toBe('');
    expect(didYouMean('x', [])).toBe('');
  });
});
