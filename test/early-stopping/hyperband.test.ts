import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bracketShares, hyperband } from '../../src/early-stopping/hyperband.js';
import type { Rule, StudyView } from '../../src/early-stopping/study-view.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { openStudyViews } from '../../src/tune/study-views.js';
import { curve } from './fixtures.js';

const last = async (rule: Rule, values: readonly number[]) =>
  (await lastValueFrom(from(curve(...values)).pipe(rule))).stop;
const objective = { metric: 'valLoss', direction: 'minimize' } as const;

/** The view of a trial among others that are worse, in the order of their numbers, and better if `worse` is negative. */
function among(others: number, trial: number, worse: number, seed?: number): StudyView {
  const trials = Array.from({ length: others }, (_, number) => ({
    number,
    state: 'running' as const,
    reports: number === trial ? [] : curve(...Array(81).fill(worse * (number + 1))),
  }));
  return { objective, trial, trials, seed };
}

/** The first rung of a trial's bracket: NaN stops it there. 81: at none. */
async function bracketOf(trial: number, seed?: number): Promise<number> {
  const view = { objective, trial, trials: [], seed };
  const stop = await last(hyperband(view, { maxResource: 81 }), Array(81).fill(Number.NaN));
  return stop?.epoch ?? 81;
}

describe('hyperband', () => {
  it('has ⌊log_η(max/min)⌋ + 1 brackets of the sizes of the paper', () => {
    // Li et al. (2018), table 1, with R = 81 and η = 3: 81, 34, 15, 8 and 5 trials.
    const sizes = [81, 34, 15, 8, 5];
    const all = sizes.reduce((sum, size) => sum + size, 0);
    expect(bracketShares(1, 81, 3)).toEqual(sizes.map(size => size / all));
    expect(bracketShares(1, 243, 3)).toHaveLength(6);
    expect(bracketShares(1, 242, 3)).toHaveLength(5);
    expect(bracketShares(3, 81, 3)).toHaveLength(4);
    expect(bracketShares(5, 5, 2)).toEqual([1]);
  });

  it('gives every trial a bracket by its number and the seed alone, in those shares', async () => {
    const rungs = await Promise.all(Array.from({ length: 600 }, (_, trial) => bracketOf(trial)));
    const again = await Promise.all([5, 0, 77].map(trial => bracketOf(trial)));
    expect(again).toEqual([rungs[5], rungs[0], rungs[77]]);
    const counts = [1, 3, 9, 27, 81].map(rung => rungs.filter(each => each === rung).length / rungs.length);
    for (const [i, share] of bracketShares(1, 81, 3).entries()) {
      // Three standard deviations.
      expect(Math.abs(counts[i]! - share)).toBeLessThan(3 * Math.sqrt((share * (1 - share)) / rungs.length));
    }
    const others = await Promise.all(Array.from({ length: 20 }, (_, trial) => bracketOf(trial, 7)));
    expect(others).not.toEqual(rungs.slice(0, 20));
  });

  it('compares a trial with those of its own bracket only', async () => {
    const brackets = await Promise.all(Array.from({ length: 120 }, (_, trial) => bracketOf(trial)));
    const rung = 3;
    const trial = brackets.indexOf(rung);
    const own = brackets.filter(each => each === rung).length;
    const stop = await last(hyperband(among(120, trial, -1), { maxResource: 81 }), curve9);
    expect(stop?.against).toBe(`best ${Math.floor(own / 3)} of ${own} of bracket 1 at the rung of epoch 3`);
    // Those of the other brackets are better, but do not count.
    const view = among(120, trial, -1);
    const alone = view.trials.filter(({ number }) => number === trial || brackets[number] !== rung);
    expect(await last(hyperband({ ...view, trials: alone }, { maxResource: 81 }), curve9)).toBeUndefined();
  });

  it('is successive halving where there is one bracket', async () => {
    const view = among(9, 4, -1);
    const one = await last(hyperband(view, { minResource: 2, maxResource: 5 }), [1, 1, 1]);
    const other = await last(successiveHalving(view, { minResource: 2, reductionFactor: 3 }), [1, 1, 1]);
    expect([one?.epoch, one?.threshold]).toEqual([other?.epoch, other?.threshold]);
    expect(one?.epoch).toBe(2);
  });

  it('keeps the standings of brackets as trials report', async () => {
    const enter = openStudyViews(objective, { seed: 3 });
    const stops: (number | undefined)[] = [];
    const looked: (number | undefined)[] = [];
    for (let trial = 0; trial < 60; trial++) {
      const { view, report, finish } = enter(trial);
      const values = Array.from({ length: 9 }, (_, i) => ((trial * 37) % 60) + i);
      const { standings: _, ...bare } = view;
      looked.push((await last(hyperband(bare, { maxResource: 9 }), values))?.epoch);
      const epoch = (await last(hyperband(view, { maxResource: 9 }), values))?.epoch;
      stops.push(epoch);
      for (const each of curve(...values.slice(0, epoch ?? 9))) report(each);
      finish(epoch === undefined ? 'complete' : 'pruned');
    }
    expect(stops).toEqual(looked);
    expect(new Set(stops)).toEqual(new Set([undefined, 1, 3]));
  });

  it('stops nobody at the end', async () => {
    for (const trial of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const stop = await last(hyperband(among(8, trial, -1), { minResource: 9, maxResource: 9 }), Array(9).fill(1));
      expect(stop).toBeUndefined();
    }
  });

  it.each([
    [{ maxResource: 0.5 }, 'hyperband: expected `maxResource` to be a whole number from 1 up, got 0.5 (number)'],
    [{ minResource: 5, maxResource: 4 }, 'hyperband: expected `maxResource` to be a whole number from 5 up, got 4'],
    [{ maxResource: 9, reductionFactor: 1 }, 'hyperband: expected `reductionFactor` to be a number from 2 up, got 1'],
    [{ maxResource: 9, seed: Number.NaN }, 'hyperband: expected `seed` to be a number, got NaN'],
    [{}, 'hyperband: expected `maxResource` to be a whole number from 1 up, got undefined'],
  ])('refuses %j', (options, message) => {
    expect(() => hyperband(among(1, 0, 1), options as never)).toThrow(message);
  });
});

const curve9 = Array(9).fill(1);
