import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { broken, exists, readSetting } from '../../dashboards/src/views/clone-values.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams, HyperparameterInfo } from '../../src/tune/events.js';
import { searchSpace } from '../../src/tune/space.js';

const space = searchSpace(
  {
    units: int(16, 256, { log: true }),
    rate: float(0, 0.5, { step: 0.1 }),
    optimizer: choice([{ adam: { beta: float(0, 1) } }, { sgd: { momentum: float(0, 0.99) } }]),
    batch: choice([16, 32, 64]),
  },
  { constraints: ['units <= 4 * batch', "optimizer = 'adam' or rate < 0.3"] },
);
const { info } = space;
const of = (name: string) => info.find(each => each.name === name) as HyperparameterInfo;
const read = (name: string, text: string, known: HParams[] = []) => readSetting(of(name), text, known);

describe('what is typed for a new trial', () => {
  test('is the value that the space takes, or what is wrong with it in the words of the study', () => {
    expect(read('units', ' 64 ')).toEqual({ value: 64 });
    expect(read('rate', '0,3')).toEqual({ value: 0.3 });
    expect(read('rate', '')).toEqual({});
    expect(read('units', '300')).toEqual({ problem: 'expected a whole number from 16 to 256, got 300' });
    expect(read('units', '16.5')).toEqual({ problem: 'expected a whole number from 16 to 256, got 16.5' });
    expect(read('units', 'many')).toEqual({ problem: 'expected a whole number from 16 to 256, got "many"' });
    expect(read('rate', '0.25')).toEqual({ problem: 'expected a number from 0 to 0.5 by 0.1, got 0.25' });
    fc.assert(
      fc.property(fc.double({ min: -1, max: 2, noNaN: true }), value => {
        let allowed = true;
        try {
          space.substitute({ units: 16, rate: value, optimizer: 'adam', beta: 0.5, batch: 16 });
        } catch {
          allowed = false;
        }
        expect('value' in read('rate', String(value))).toBe(allowed);
      }),
    );
  });

  test('of options is the option itself: a number where trials had numbers or all options look like some', () => {
    expect(read('batch', '32')).toEqual({ value: 32 });
    expect(read('batch', '32', [{ batch: '32' }])).toEqual({ value: '32' });
    expect(read('batch', '32', [{ batch: 16 }])).toEqual({ value: 32 });
    expect(read('optimizer', 'sgd')).toEqual({ value: 'sgd' });
    expect(read('optimizer', '')).toEqual({ value: undefined });
  });

  test('is asked for where its condition holds, and where that cannot be known', () => {
    const momentum = of('momentum');
    expect(exists(momentum, info, new Map([['optimizer', 'sgd']]))).toBe(true);
    expect(exists(momentum, info, new Map([['optimizer', 'adam']]))).toBe(false);
    expect(exists(momentum, info, new Map([['optimizer', '']]))).toBeUndefined();
    expect(exists(of('units'), info, new Map())).toBe(true);
    expect(exists({ ...momentum, condition: 'the moon is full' }, info, new Map())).toBeUndefined();
  });

  test('breaks the constraints that the space would refuse it for', () => {
    const point = { units: 256, rate: 0.4, optimizer: 'sgd', momentum: 0.5, batch: 16 };
    expect(broken(space.constraints, info, point, [])).toEqual(space.constraints);
    expect(space.allows(point)).toBe(false);
    expect(broken(space.constraints, info, { ...point, units: 64, rate: 0.1 }, [])).toEqual([]);
    // What is drawn later, and a predicate's source, say nothing.
    expect(broken([...space.constraints, 'h => h.a < h.b'], info, { units: 256 }, [])).toEqual([]);
  });
});
