import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictions } from '../../src/cli/predictions.js';

const three = { task: 'classification', classes: ['a', 'b', 'c'] } as const;
const two = { task: 'classification', classes: ['no', 'yes'] } as const;

describe('predictions', () => {
  it('name the likeliest class, of equal ones the first', () => {
    const found = predictions(three, Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2), 3);
    expect(found).toEqual([
      { label: 'b', values: [0.2, 0.5, 0.3] },
      { label: 'a', values: [0.4, 0.4, 0.2] },
    ]);
  });

  it('take one output for two classes as the probability of the second', () => {
    expect(predictions(two, Float32Array.of(0.25, 0.5), 1)).toEqual([
      { label: 'no', values: [0.75, 0.25] },
      { label: 'yes', values: [0.5, 0.5] },
    ]);
  });

  it('name no class where an output is not a number', () => {
    expect(predictions(two, Float32Array.of(Number.NaN), 1)[0]?.label).toBe('');
  });

  it('are the values themselves in a regression', () => {
    expect(predictions({ task: 'regression', classes: [] }, Float32Array.of(1.5, -2, 3, 4), 2)).toEqual([
      { values: [1.5, -2] },
      { values: [3, 4] },
    ]);
  });

  it('are the same float32 to the bit, in at most nine digits', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
        const [shown = Number.NaN] =
          predictions({ task: 'regression', classes: [] }, Float32Array.of(value), 1)[0]?.values ?? [];
        expect(Math.fround(shown)).toBe(value === 0 ? shown : value);
        expect(
          String(shown)
            .replace(/e.*/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '').length,
        ).toBeLessThanOrEqual(9);
      }),
    );
  });
});
