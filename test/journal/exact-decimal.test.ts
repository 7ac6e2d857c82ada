import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactDecimal } from '../../src/journal/exact-decimal.js';

const read = (text: string) => exactDecimal(Buffer.from(`[${text}]`), 1, text.length + 1);

test('a decimal number is read to the bit as Number reads its text', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,18})\.[0-9]{1,24}$/);
  fc.assert(
    fc.property(fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), text => {
      expect(read(text)).toBe(Number(text));
    }),
    { numRuns: 20_000 },
  );
});

test('numbers as metrics are, of 15 to 19 digits, are read to the bit', () => {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 300_000; i++) {
    const value = (uniform() + uniform() * 2 ** -32) * 10 ** Math.floor(8 * uniform() - 6);
    const text = i % 3 === 0 ? String(value) : value.toFixed(15 + (i % 5));
    if (read(text) !== Number(text)) expect([text, read(text)]).toEqual([text, Number(text)]);
  }
});

test('numbers half-way between two are rounded to even, as Number does', () => {
  for (const text of [
    '9007199254740993',
    '9007199254740995',
    '4503599627370496.5',
    '4503599627370497.5',
    '0.1',
    '-0',
  ]) {
    expect(read(text)).toBe(Number(text));
  }
  expect(read('1e-7')).toBe(1e-7);
  expect(read('-1.5E+3')).toBe(-1500);
});
