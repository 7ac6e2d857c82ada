import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { curve, report, study } from './fixtures.js';

type Direction = 'minimize' | 'maximize';

/** The rule by the book: at every rung sort everybody's values there, keep the first ⌊n/η⌋, at least one. */
function stopsAt(
  others: readonly (readonly number[])[],
  own: readonly number[],
  min: number,
  eta: number,
  direction: Direction,
) {
  for (let rung = min; rung <= own.length; rung *= eta) {
    const mine = own[rung - 1]!;
    if (Number.isNaN(mine)) return rung;
    const there = others.filter(values => values.length >= rung).map(values => values[rung - 1]!);
    const sorted = [...there.filter(value => !Number.isNaN(value)), mine].sort((a, b) =>
      direction === 'minimize' ? a - b : b - a,
    );
    const keep = Math.max(1, Math.floor(sorted.length / eta));
    if (!sorted.slice(0, keep).includes(mine)) return rung;
  }
  return undefined;
}

const last = async (rule: Rule, values: readonly number[]) =>
  (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;

describe('successiveHalving', () => {
  it('stops where a plain re-computation of the rule says so', () => {
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(value, { maxLength: 18 }), { maxLength: 12 }),
        fc.array(value, { minLength: 1, maxLength: 18 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom<Direction>('minimize', 'maximize'),
        async (others, own, minResource, reductionFactor, direction) => {
          const view = study(
            others.map((values, i) => ({ values, state: i % 2 === 0 ? 'pruned' : 'running' })),
            direction,
          );
          const rule = successiveHalving(view, { minResource, reductionFactor });
          expect((await last(rule, own))?.epoch).toBe(stopsAt(others, own, minResource, reductionFactor, direction));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('lets the first and the best at a rung go on', async () => {
    expect(await last(successiveHalving(study([])), [5, 5, 5, 5])).toBeUndefined();
    expect(await last(successiveHalving(study([{ values: [6] }, { values: [7] }])), [5])).toBeUndefined();
  });

  it('says which rung, out of how many, and what would have been enough', async () => {
    const view = study([1, 2, 3, 4, 5, 6, 7].map(value => ({ values: [value] })));
    expect(await last(successiveHalving(view), [2.5])).toEqual({
      by: 'successiveHalving',
      outcome: 'pruned',
      epoch: 1,
      metric: 'valLoss',
      value: 2.5,
      threshold: 2,
      against: 'best 2 of 8 at the rung of epoch 1',
      reason: 'valLoss 2.5 is not within 2, the best 2 of 8 at the rung of epoch 1',
    });
  });

  it('has no rung where a trial ends, when it knows where that is', async () => {
    const view = study([{ values: [1, 1, 1, 1] }]);
    expect((await last(successiveHalving(view), [1, 1, 1, 2]))?.epoch).toBe(4);
    expect(await last(successiveHalving(view, { maxResource: 4 }), [1, 1, 1, 2])).toBeUndefined();
    expect(() => successiveHalving(view, { minResource: 3, maxResource: 2 })).toThrow(
      'successiveHalving: expected `maxResource` to be a whole number from 3 up, got 2 (number)',
    );
  });

  it('judges at the first report at or after a rung when reports are sparse', async () => {
    const view = study([{ values: [1, 1, 1, 1, 1] }]);
    const sparse = from([report(1, 0), report(6, 2)]).pipe(successiveHalving(view));
    expect((await lastValueFrom(sparse)).stop).toMatchObject({ epoch: 6, threshold: 1 });
  });

  it.each([
    [{ minResource: 0 }, 'successiveHalving: expected `minResource` to be a whole number from 1 up, got 0 (number)'],
    [{ reductionFactor: 1 }, 'successiveHalving: expected `reductionFactor` to be a number from 2 up, got 1 (number)'],
  ])('refuses %j', (options, message) => {
    expect(() => successiveHalving(study([]), options)).toThrow(message);
  });
});
