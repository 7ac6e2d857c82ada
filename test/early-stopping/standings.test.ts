import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nansAs, openStanding, type Standing, without } from '../../src/early-stopping/standing.js';
import { openStandings } from '../../src/early-stopping/standings.js';
import type { Rung } from '../../src/early-stopping/study-view.js';
import { openStudyViews, type TrialEntry } from '../../src/tune/study-views.js';
import { report } from './fixtures.js';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);

/** What a standing says, by all its questions. */
const told = (standing: Standing) => ({
  size: standing.size,
  nans: standing.nans,
  values: Array.from({ length: standing.size + 2 }, (_, i) => standing.at(i - 1)),
  counts: [-9, -1, 0, 0.5, 4, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(limit => [
    standing.below(limit),
    standing.above(limit),
  ]),
});

/** The same from a plain list. */
const plainly = (values: readonly number[]) => {
  const sorted = values.filter(each => !Number.isNaN(each)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return told({
    size: sorted.length,
    nans: values.length - sorted.length,
    at: place => sorted[place] ?? Number.NaN,
    below: limit => sorted.filter(each => each < limit).length,
    above: limit => sorted.filter(each => each > limit).length,
  });
};

describe('a standing', () => {
  it('is its values in order, whichever of them came first', () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value, { maxLength: 40 }), (first, later) => {
        const standing = openStanding(first);
        for (const each of later) standing.add(each);
        expect(told(standing)).toEqual(plainly([...first, ...later]));
      }),
    );
  });

  it('without one of its values is that of the others', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.nat(), (values, i) => {
        const left = values[i % values.length]!;
        expect(told(without(openStanding(values), left))).toEqual(plainly(values.toSpliced(i % values.length, 1)));
      }),
    );
  });

  it('with NaN as the worst has the infinity in its place', () => {
    fc.assert(
      fc.property(
        fc.array(value),
        fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        (values, worst) => {
          const replaced = values.map(each => (Number.isNaN(each) ? worst : each));
          expect(told(nansAs(worst, openStanding(values)))).toEqual(plainly(replaced));
        },
      ),
    );
  });
});

describe('the standings that a study keeps', () => {
  it('are those that a look at all trials finds, at every moment', () => {
    const rungs: Rung[] = [1, 2, 5].flatMap(epoch => [
      { metric: 'valLoss', epoch, of: 'complete' as const },
      { metric: 'valLoss', epoch, of: 'reached' as const },
      { metric: 'loss', epoch, of: 'reached' as const, group: { key: 'odd', has: (n: number) => n % 2 === 1 } },
    ]);
    const action = fc.record({
      trial: fc.nat(5),
      epochs: fc.integer({ min: 1, max: 3 }),
      value,
      end: fc.constantFrom(undefined, undefined, undefined, 'complete' as const, 'pruned' as const, 'failed' as const),
      asked: fc.nat(rungs.length - 1),
    });
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 60 }),
        fc.constantFrom('minimize', 'maximize'),
        (actions, direction) => {
          const objective = { metric: 'valLoss', direction };
          const enter = openStudyViews(objective);
          const entries: (TrialEntry & { epoch: number; over?: boolean })[] = [];
          for (const { trial, epochs, value: number, end, asked } of actions) {
            while (entries.length <= trial) entries.push({ ...enter(entries.length), epoch: 0 });
            const entry = entries[trial]!;
            if (entry.over) continue;
            entry.epoch += epochs;
            entry.report(report(entry.epoch, number));
            if (end !== undefined) entry.finish(end);
            entry.over = end !== undefined;
            const { trials, standings } = entry.view;
            const looked = openStandings(trials, objective);
            // Some rungs are asked about early, some only when most trials have passed.
            for (const rung of rungs.slice(0, asked + 1)) {
              expect(told(standings!.standing(rung, trial))).toEqual(told(looked.standing(rung, trial)));
            }
            expect(standings!.complete(trial)).toBe(looked.complete(trial));
            expect(standings!.best()?.number).toBe(best(trials, objective.direction));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leave out values that a trial does not have', () => {
    const enter = openStudyViews({ metric: 'valLoss', direction: 'minimize' });
    const { view, report: add } = enter(0);
    const rung = { metric: 'valAccuracy', epoch: 1, of: 'reached' as const };
    expect(view.standings!.standing(rung, 1).size).toBe(0);
    add(report(1, 5));
    expect(view.standings!.standing(rung, 1).size).toBe(0);
  });
});

/** The first complete trial of the best value, by sorting. */
function best(
  trials: readonly { number: number; state: string; reports: readonly { metrics: { valLoss?: number } }[] }[],
  direction: 'minimize' | 'maximize',
) {
  const sign = direction === 'minimize' ? 1 : -1;
  const finite = trials
    .filter(({ state }) => state === 'complete')
    .map(({ number, reports }) => ({
      number,
      value: Math.min(...reports.map(each => sign * each.metrics.valLoss!).filter(Number.isFinite)),
    }))
    .filter(({ value: each }) => each !== Number.POSITIVE_INFINITY);
  return finite.toSorted((a, b) => a.value - b.value || a.number - b.number)[0]?.number;
}
