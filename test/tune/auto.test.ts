import { describe, expect, test } from 'vitest';
import { choice, float, int } from '../../src/tune/distributions.js';
import { auto } from '../../src/tune/samplers/auto.js';
import type { SamplerContext } from '../../src/tune/samplers/sampler.js';
import { searchSpace } from '../../src/tune/space.js';

const objective = { metric: 'valLoss', direction: 'minimize' } as const;
const real = searchSpace({ rate: float(1e-4, 1, { log: true }), units: int(1, 512), kind: choice(['a', 'b']) });
const note = (context: Partial<SamplerContext>) => auto().begin({ space: real, objective, seed: 0, ...context }).note;

describe('auto takes, and says why,', () => {
  test.each<[string, Partial<SamplerContext>, RegExp]>([
    [
      'a grid where all points can be tried',
      { space: searchSpace({ n: int(1, 4) }), trials: 9 },
      /^auto: grid, because .*4 points/,
    ],
    [
      'no grid where there are many points, whatever constraints leave of them',
      { space: searchSpace({ a: int(1, 5000), b: int(1, 5000) }, { constraints: ['a >= b'] }), trials: 100 },
      /^auto: gp, /,
    ],
    ['sobol where there is too little to learn from', { trials: 8 }, /^auto: sobol, because 8 trials are too few/],
    [
      'sobol where nearly all trials run at once',
      { trials: 60, parallel: 40 },
      /^auto: sobol, because with 40 of 60 trials/,
    ],
    [
      'gp where few trials run to their end',
      { trials: 100 },
      /^auto: gp, because it needs the fewest trials, and of 100 with 3/,
    ],
    [
      'tpe where trials are stopped early',
      { trials: 100, earlyStopping: true },
      /^auto: tpe, because it learns from every/,
    ],
    ['tpe where there are many trials', { trials: 5000 }, /^auto: tpe, /],
    ['tpe where nobody knows how many there will be', {}, /^auto: tpe, /],
    [
      'nsga2 for several objectives and many trials',
      { trials: 400, objectives: [objective, objective] },
      /^auto: nsga2, because there are 2 objectives/,
    ],
    ['tpe for several objectives and few trials', { trials: 60, objectives: [objective, objective] }, /^auto: tpe, /],
  ])('%s', (_, context, expected) => {
    expect(note(context)).toMatch(expected);
  });
});
