import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as rxnn from '../../src/browser.js';
import { clean, crossingCurves, EPOCHS, RULE_NAMES } from '../bench/crossing-curves.js';
import { median } from '../bench/numbers.js';

interface Recorded {
  readonly sampler: string;
  readonly pruner: string;
  readonly best_at_25x: number;
  readonly best_at_50x: number;
  readonly best_at_100x: number;
  readonly trials: number;
}

const recorded = readFileSync(new URL('../reference/crossing_curves.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Recorded)
  .filter(({ sampler }) => sampler === 'random');

describe('crossing curves', () => {
  it('cross: what is ahead at the beginning is not at the end', () => {
    const fast = { x0: 0.9, x1: 0, x2: 0.5 };
    const slow = { x0: 0.7, x1: 0.3, x2: 0.5 };
    expect(clean(fast, 3)).toBeLessThan(clean(slow, 3));
    expect(clean(fast, EPOCHS)).toBeGreaterThan(clean(slow, EPOCHS));
  });

  it('has a record of every rule', () => {
    expect(recorded.map(({ pruner }) => pruner)).toEqual(RULE_NAMES);
  });

  // Of twenty seeds there, of three here, and of half the budget: the whole is part of `npm run bench -- tuner`.
  it.each(recorded)('random search with $pruner comes as far as it does with Optuna at equal budget', optuna => {
    const runs = [0, 1, 2].map(seed => crossingCurves(rxnn, { rule: optuna.pruner, seed, trials: 50 }));
    const at = (trials: number) => median(runs.map(({ best }) => best[trials - 1]!));
    expect(Math.abs(at(50) - optuna.best_at_50x)).toBeLessThan(0.012);
    expect(median(runs.map(({ started }) => started)) / (optuna.trials / 2)).toBeCloseTo(1, 0);
  });
});
