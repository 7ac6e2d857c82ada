import * as fc from 'fast-check';
import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import { cardinality, valueAt } from '../../src/tune/hyperparameter.js';
import { auto } from '../../src/tune/samplers/auto.js';
import { cmaes } from '../../src/tune/samplers/cmaes.js';
import { gp } from '../../src/tune/samplers/gp.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { halton } from '../../src/tune/samplers/halton.js';
import { nsga2 } from '../../src/tune/samplers/nsga2.js';
import { randomSearch } from '../../src/tune/samplers/random-search.js';
import { sobol } from '../../src/tune/samplers/sobol.js';
import { tpe } from '../../src/tune/samplers/tpe.js';
import { searchSpace } from '../../src/tune/space.js';
import { tune } from '../../src/tune/tune.js';
import { draw, finiteTemplates, samplerContract } from './sampler-contract.js';

samplerContract('random', seed => randomSearch({ seed }));
samplerContract('tpe', seed => tpe({ seed, startupTrials: 3 }));
samplerContract('tpe, each hyperparameter that depends on another by itself,', seed =>
  tpe({ seed, startupTrials: 3, group: false }),
);
samplerContract('sobol', seed => sobol({ seed }));
samplerContract('halton', seed => halton({ seed }));
samplerContract('auto', seed => auto({ seed }));
samplerContract('grid', () => grid(), { finite: true });

const objective = { metric: 'loss', direction: 'minimize' } as const;
const begin = (template: unknown, seed = 0) => grid().begin({ space: searchSpace(template), objective, seed });

describe("a seed of one's own", () => {
  test.each(Object.entries({ auto, cmaes, gp, halton, nsga2, randomSearch, sobol, tpe }))(
    'is held by %s to the rule of files',
    (name, sampler) => {
      expect(() => sampler({ seed: -5 })).toThrow(
        new InputError(`${name}: expected \`seed\` to be a whole number from 0 up, got -5`),
      );
      expect(sampler({ seed: 5 }).name).toBeDefined();
    },
  );
});

describe('random search', () => {
  test('takes the seed of the study when it has none', () => {
    const space = searchSpace({ x: float(0, 1) });
    expect(draw(randomSearch(), space, 5, 3)).toEqual(draw(randomSearch({ seed: 3 }), space, 5));
    expect(draw(randomSearch(), space, 5, 3)).not.toEqual(draw(randomSearch(), space, 5, 4));
  });

  test('one more hyperparameter changes no other one', () => {
    const x = float(0, 1);
    const few = draw(randomSearch(), searchSpace({ x }), 5);
    const more = draw(randomSearch(), searchSpace({ a: int(0, 9), x }), 5);
    expect(more.map(point => point.x)).toEqual(few.map(point => point.x));
  });

  test('is uniform: in the numbers, in the logarithm of log ranges, over whole numbers, steps and options', () => {
    const n = 4000;
    const { ask } = randomSearch({ seed: 5 }).begin({
      objective,
      seed: 0,
      space: searchSpace({
        plain: float(-1, 3),
        log: float(1e-4, 1, { log: true }),
        whole: int(-2, 2),
        stepped: float(0, 0.3, { step: 0.1 }),
        option: choice(['a', 'b', 'c', 'd']),
        wholeLog: int(1, 100, { log: true }),
      }),
    });
    const points = Array.from({ length: n }, (_, trial) => ask(trial, new Map()) ?? {});
    const share = (of: (point: Readonly<Record<string, unknown>>) => boolean) => points.filter(of).length / n;
    const near = (expected: number) => (actual: number) => Math.abs(actual - expected) < 4 * Math.sqrt(expected / n);
    expect(share(p => (p.plain as number) < 0)).toSatisfy(near(0.25));
    expect(share(p => (p.log as number) < 1e-3)).toSatisfy(near(0.25));
    for (const whole of [-2, -1, 0, 1, 2]) expect(share(p => p.whole === whole)).toSatisfy(near(0.2));
    for (const stepped of [0, 0.1, 0.2, 0.3]) expect(share(p => p.stepped === stepped)).toSatisfy(near(0.25));
    for (const option of ['a', 'b', 'c', 'd']) expect(share(p => p.option === option)).toSatisfy(near(0.25));
    // The share of 1 in [0.5, 100.5], uniform in the logarithm.
    expect(share(p => p.wholeLog === 1)).toSatisfy(near(Math.log(3) / Math.log(201)));
  });
});

describe('the grid', () => {
  test.each<['allow' | 'forbid']>([['allow'], ['forbid']])(
    'states the trials that there will be, with duplicates: %s',
    async duplicates => {
      const events = await lastValueFrom(
        tune({
          space: { x: int(1, 4) },
          objective: ({ x }) => of({ epoch: 1, step: 1, samples: 1, seconds: 1, metrics: { loss: x } }),
          minimize: 'loss',
          sampler: grid(),
          enqueue: [{ x: 2 }],
          duplicates,
        }).pipe(toArray()),
      );
      const [begun, end] = [events[0], events.at(-1)];
      if (begun?.type !== 'study-started' || end?.type !== 'study-finished') throw new Error('no whole study');
      expect(begun.study).toMatchObject({ samplerNote: 'grid of 4 points', trials: duplicates === 'forbid' ? 4 : 5 });
      expect(end.counts.complete).toBe(begun.study.trials);
    },
  );

  test('counts and enumerates every point once, the last hyperparameter fastest', () => {
    const { count, ask } = begin({ a: int(1, 2), b: choice(['x', 'y', 'z']) });
    expect(count).toBe(6);
    expect(Array.from({ length: 7 }, (_, trial) => ask(trial, new Map()))).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 1, b: 'z' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
      { a: 2, b: 'z' },
      undefined,
    ]);
  });

  test('a branch counts only its own points', () => {
    const template = {
      optimizer: choice([{ adam: { lr: int(1, 2) } }, { sgd: { lr: int(1, 3), m: choice([0, 1]) } }, 'none']),
      n: int(1, 2),
    };
    expect(begin(template).count).toBe((2 + 3 * 2 + 1) * 2);
  });

  test('is a brute-force walk through any space of finitely many points', () => {
    fc.assert(
      fc.property(finiteTemplates, template => {
        const space = searchSpace({ template });
        const expected: unknown[] = [];
        // An odometer over whatever is asked for: knows nothing of how the space is nested.
        const digits: number[] = [];
        for (let more = true; more && expected.length <= 300; ) {
          const bases: number[] = [];
          expected.push(
            space.resolve(h => {
              const place = bases.push(cardinality(h)) - 1;
              digits[place] ??= 0;
              return valueAt(h, digits[place]);
            }).hparams,
          );
          digits.length = bases.length;
          while (digits.length > 0 && digits.at(-1) === bases[digits.length - 1]! - 1) digits.pop();
          more = digits.length > 0;
          if (more) digits[digits.length - 1]! += 1;
        }
        const { count } = grid().begin({ space, objective, seed: 0 });
        const points = draw(grid(), space, 301);
        if (expected.length <= 300) expect(count).toBe(expected.length);
        expect(points).toEqual(expected);
        expect(new Set(points.map(point => JSON.stringify(point))).size).toBe(points.length);
      }),
      { numRuns: 100 },
    );
  });

  test('steps of decimal numbers are decimal numbers, both ends included', () => {
    expect(draw(grid(), searchSpace({ x: float(0, 0.3, { step: 0.1 }) }), 9)).toEqual([
      { x: 0 },
      { x: 0.1 },
      { x: 0.2 },
      { x: 0.3 },
    ]);
    expect(draw(grid(), searchSpace({ x: float(0, 1, { step: 0.4 }) }), 9)).toEqual([{ x: 0 }, { x: 0.4 }, { x: 0.8 }]);
    expect(draw(grid(), searchSpace({ x: int(1, 8, { step: 3 }) }), 9)).toEqual([{ x: 1 }, { x: 4 }, { x: 7 }]);
  });

  test('a range of real numbers is refused, with the way out', () => {
    expect(() => begin({ model: { rate: float(0, 0.5) } })).toThrow(
      'model.rate: grid: rate, every number from 0 to 0.5, has no end of values; give it a "step" or list the values to try in a "choice"',
    );
    expect(() => begin({ lr: float(0.1, 0.5, { log: true }) })).toThrow('; list the values to try in a "choice"');
  });

  test('more points than can be counted are refused', () => {
    expect(() => begin({ a: int(0, 1e9), b: int(0, 1e9) })).toThrow('grid: the space has 1.0e+18 points, too many');
  });
});
