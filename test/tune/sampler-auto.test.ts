import { describe, expect, test } from 'vitest';
import { choice, float, int } from '../../src/tune/distributions.js';
import { auto } from '../../src/tune/samplers/auto.js';
import type { SamplerContext } from '../../src/tune/samplers/sampler.js';
import { sobol } from '../../src/tune/samplers/sobol.js';
import { tpe } from '../../src/tune/samplers/tpe.js';
import { searchSpace } from '../../src/tune/space.js';

const objective = { metric: 'loss', direction: 'minimize' } as const;
const real = { x: float(0, 1), y: float(0, 1) };
const few = { a: int(1, 4), b: choice([{ c: { d: int(1, 2) } }, 'e']) };
const begin = (template: unknown, more: Partial<SamplerContext> = {}) =>
  auto().begin({ space: searchSpace(template), objective, seed: 3, ...more });

const TPE = 'auto: tpe, because it learns from every trial and draws from any space';

describe('the sampler auto', () => {
  test.each([
    [
      'a space whose points can all be tried',
      few,
      { trials: 12 },
      'auto: grid, because the 12 trials are enough for all 12 points of the space',
    ],
    ['a small space when the number of trials is open', few, {}, 'auto: grid, because the space has 12 points only'],
    [
      'fewer trials than there are points',
      few,
      { trials: 11 },
      'auto: gp, because it needs the fewest trials, and of 11 with 3 hyperparameters each is drawn in milliseconds',
    ],
    [
      'real numbers',
      real,
      { trials: 100 },
      'auto: gp, because it needs the fewest trials, and of 100 with 2 hyperparameters each is drawn in milliseconds',
    ],
    ['trials that are stopped early', real, { trials: 100, earlyStopping: true }, TPE],
    ['many trials', real, { trials: 5000 }, TPE],
    ['nobody knows how many trials', real, {}, TPE],
    [
      'several objectives and many trials',
      real,
      { trials: 400, objectives: [objective, objective] },
      'auto: nsga2, because there are 2 objectives, and 400 trials are generations enough',
    ],
    ['several objectives and few trials', real, { trials: 60, objectives: [objective, objective] }, TPE],
    [
      'very few trials',
      real,
      { trials: 10 },
      'auto: sobol, because 10 trials are too few to learn from, so they are spread evenly',
    ],
    ['one trial', real, { trials: 1 }, 'auto: sobol, because 1 trial is too few to learn from'],
    [
      'one trial and one point',
      { a: choice(['e']) },
      { trials: 1 },
      'auto: grid, because the 1 trial is enough for the 1 point of the space',
    ],
    [
      'one trial of very many hyperparameters',
      Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x${i}`, float(0, 1)])),
      { trials: 1 },
      'auto: random, because 1 trial is too few to learn from',
    ],
    ['one point', { a: choice(['e']) }, {}, 'auto: grid, because the space has 1 point only'],
    [
      'almost all trials at a time',
      real,
      { trials: 60, parallel: 32 },
      'auto: sobol, because with 32 of 60 trials at a time there is little to learn from, so they are spread evenly',
    ],
    [
      'very few trials of very many hyperparameters',
      Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x${i}`, float(0, 1)])),
      { trials: 5 },
      'auto: random, because 5 trials are too few to learn from, and the hyperparameters too many to spread them evenly',
    ],
  ] as const)('for %s says what it takes and why', (_, template, more, note) => {
    expect(begin(template, more).note).toBe(note);
  });

  test('looks for no grid where there are many points, whatever constraints leave of them', () => {
    const space = searchSpace({ a: int(1, 5000), b: int(1, 5000) }, { constraints: ['a >= b'] });
    expect(auto().begin({ space, objective, seed: 0, trials: 100 }).note).toMatch(/^auto: gp, /);
  });

  test('is named auto, and draws what the sampler that it takes draws', () => {
    expect(auto().name).toBe('auto');
    const space = searchSpace(real);
    const context = { space, objective, seed: 3, trials: 8 };
    const history = new Map();
    expect(begin(real, { trials: 8 }).ask(4, history)).toEqual(sobol().begin(context).ask(4, history));
    expect(begin(real).ask(4, history)).toEqual(tpe().begin(context).ask(4, history));
    expect(auto({ seed: 9 }).begin(context).ask(4, history)).toEqual(sobol({ seed: 9 }).begin(context).ask(4, history));
  });

  test('runs out of points where grid does', () => {
    const { count, ask } = begin(few, { trials: 50 });
    expect(count).toBe(12);
    expect(ask(12, new Map())).toBeUndefined();
  });
});
