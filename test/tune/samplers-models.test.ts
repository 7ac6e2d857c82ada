import { describe, expect, test } from 'vitest';
import type { HParams, TrialState } from '../../src/tune/events.js';
import { gp } from '../../src/tune/samplers/gp.js';
import type { Sampler } from '../../src/tune/samplers/sampler.js';
import { searchSpace } from '../../src/tune/space.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { branin, hartmann6, mixed, type Problem, rosenbrock5 } from './problems-models.js';
import { samplerContract } from './sampler-contract.js';

const objective = { metric: 'loss', direction: 'minimize' } as const;

samplerContract('gp', seed => gp({ seed, startup: 4 }));

function record(number: number, hparams: HParams, state: TrialState, value?: number, values?: number[]): TrialRecord {
  return { number, state, hparams, reports: [], value, values, epochs: 1, samples: 1, startedAt: 0 };
}

/** The least regret after `trials` trials, one after another. */
function best(sampler: Sampler, { template, regret }: Problem, trials: number): number {
  const sampling = sampler.begin({ space: searchSpace(template as unknown), objective, seed: 0 });
  const history = new Map<number, TrialRecord>();
  let least = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < trials; trial++) {
    const point = sampling.ask(trial, history) as HParams;
    history.set(trial, record(trial, point, 'complete', regret(point)));
    least = Math.min(least, regret(point));
  }
  return least;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

describe('gp', () => {
  // The medians of Optuna 5's TPE after 100 trials, over 20 seeds.
  test.each([
    ['branin', branin, 0.0188, 60],
    ['hartmann6', hartmann6, 0.094, 80],
    ['rosenbrock5', rosenbrock5, 90, 60],
  ] as const)('has less regret on %s than TPE has after 100 trials, with fewer', (_, problem, tpe, trials) => {
    expect(median([0, 1, 2].map(seed => best(gp({ seed }), problem, trials)))).toBeLessThan(tpe / 2);
  });

  test('finds the best option, its learning rate and the whole numbers of a conditional space', () => {
    expect(median([0, 1, 2].map(seed => best(gp({ seed }), mixed, 50)))).toBeLessThan(0.00106);
  });
});
