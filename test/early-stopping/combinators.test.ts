import fc from 'fast-check';
import { from, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { after as later } from '../../src/early-stopping/after.js';
import { all } from '../../src/early-stopping/all.js';
import { any } from '../../src/early-stopping/any.js';
import { every } from '../../src/early-stopping/every.js';
import { not } from '../../src/early-stopping/not.js';
import { judgingRule } from '../../src/early-stopping/rule.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import type { StopDecision } from '../../src/train/report.js';
import { curve } from './fixtures.js';

/** A rule that would stop at exactly these epochs. */
const at = (name: string, epochs: readonly number[], outcome: StopDecision['outcome'] = 'complete') =>
  judgingRule(
    name,
    () =>
      ({ epoch }) =>
        epochs.includes(epoch) ? { by: name, reason: `${name}!`, outcome, epoch } : undefined,
  );

const six = curve(6, 5, 4, 3, 2, 1);
const stop = async (rule: Rule) => (await lastValueFrom(from(six).pipe(rule))).stop;

const epochs = fc.uniqueArray(fc.integer({ min: 1, max: 6 }));

describe('combinators', () => {
  it('agree with the logic of their verdicts at every report', () => {
    const first = (holds: (epoch: number) => boolean) => [1, 2, 3, 4, 5, 6].find(holds);
    fc.assert(
      fc.asyncProperty(epochs, epochs, fc.integer({ min: 1, max: 6 }), async (a, b, n) => {
        const [ruleA, ruleB] = [at('a', a), at('b', b)];
        const [inA, inB] = [(epoch: number) => a.includes(epoch), (epoch: number) => b.includes(epoch)];
        expect((await stop(any(ruleA, ruleB)))?.epoch).toBe(first(e => inA(e) || inB(e)));
        expect((await stop(all(ruleA, ruleB)))?.epoch).toBe(first(e => inA(e) && inB(e)));
        expect((await stop(not(ruleA)))?.epoch).toBe(first(e => !inA(e)));
        expect((await stop(later(n, ruleA)))?.epoch).toBe(first(e => inA(e) && e > n));
        expect((await stop(every(n, ruleA)))?.epoch).toBe(first(e => inA(e) && e % n === 0));
        expect((await stop(all(not(ruleA), any(ruleB, every(n, ruleA)))))?.epoch).toBe(first(e => !inA(e) && inB(e)));
      }),
    );
  });

  it('are named after what they combine', () => {
    const plateau: Rule = source => source;
    const rule = any(all(at('a', []), not(at('b', []))), later(5, every(2, plateau)));
    expect(rule.ruleName).toBe('any(all(a, not(b)), after(5, every(2, plateau)))');
  });

  it('say whose reasons they had', async () => {
    expect(await stop(any(at('a', [4]), at('b', [3], 'pruned')))).toEqual({
      by: 'any(a, b)',
      reason: 'b: b!',
      outcome: 'pruned',
      epoch: 3,
    });
    expect(await stop(all(at('a', [3]), at('b', [3], 'failed')))).toEqual({
      by: 'all(a, b)',
      reason: 'a: a!; b: b!',
      outcome: 'failed',
      epoch: 3,
    });
    expect(await stop(not(at('a', [1])))).toEqual({
      by: 'not(a)',
      reason: 'a would not stop at epoch 2',
      outcome: 'complete',
      epoch: 2,
    });
  });

  it('take a user’s operator: completing early is its decision, and stands', async () => {
    const two: Rule = take(2);
    expect((await stop(any(two)))?.epoch).toBe(2);
    expect((await stop(all(two, at('late', [5]))))?.epoch).toBe(5);
    expect((await stop(later(3, two)))?.epoch).toBe(4);
    expect((await stop(not(two)))?.epoch).toBe(1);
    expect((await stop(all(not(two), at('late', [5]))))?.epoch).toBeUndefined();
  });

  it('take a user’s operator that annotates', async () => {
    const annotates: Rule = map(report =>
      report.epoch === 4 ? { ...report, stop: { by: 'mine', reason: 'four', outcome: 'pruned', epoch: 4 } } : report,
    );
    expect(await stop(any(annotates))).toEqual({
      by: 'any(operator)',
      reason: 'mine: four',
      outcome: 'pruned',
      epoch: 4,
    });
  });

  it('pass the error of a rule on and unsubscribe from everything', async () => {
    const broken: Rule = map(report => {
      if (report.epoch === 2) throw new Error('broken rule');
      return report;
    });
    await expect(stop(any(at('a', []), broken))).rejects.toThrow('broken rule');
    await expect(stop(every(6, broken))).rejects.toThrow('broken rule');
  });

  it('let everything pass when there is nothing to ask', async () => {
    expect(await lastValueFrom(from(six).pipe(any(), toArray()))).toEqual(six);
    expect(() => all()).toThrow('all: expected at least one rule, got none');
  });

  it.each([
    [() => later(-1, any()), 'after: expected `epochs` to be a whole number from 0 up, got -1 (number)'],
    [() => every(0, any()), 'every: expected `epochs` to be a whole number from 1 up, got 0 (number)'],
  ])('refuse numbers that make no sense: %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
