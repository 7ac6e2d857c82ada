import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams } from '../../src/tune/events.js';
import { defaultGamma } from '../../src/tune/samplers/tpe/split.js';
import { tpe } from '../../src/tune/samplers/tpe.js';
import { searchSpace } from '../../src/tune/space.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

interface Recorded {
  readonly draws: number;
  readonly cases: readonly {
    readonly name: string;
    readonly space: Readonly<Record<string, RecordedDistribution>>;
    readonly trials: readonly { readonly hparams: HParams; readonly value: number }[];
    readonly draws: Readonly<Record<string, { readonly at: readonly number[]; readonly share: readonly number[] }>>;
  }[];
}

interface RecordedDistribution {
  readonly float?: readonly [number, number];
  readonly int?: readonly [number, number];
  readonly choice?: readonly string[];
  readonly log?: boolean;
  readonly step?: number;
}

const recorded = JSON.parse(readFileSync(new URL('../reference/tpe_draws.json', import.meta.url), 'utf8')) as Recorded;

const DRAWS = 1000;

/** Two empirical distributions differ by more than this once in a million times: √(−ln(α / 2) / 2 · (1/n + 1/m)), Smirnov (1939). */
const BOUND = Math.sqrt((-Math.log(0.5e-6) / 2) * (1 / DRAWS + 1 / recorded.draws));

function distribution({ float: real, int: whole, choice: options, log, step }: RecordedDistribution) {
  if (options) return choice(options);
  return real ? float(...real, { log, step }) : int(...(whole as [number, number]), { log, step });
}

describe('after the same trials, TPE with 24 candidates asks for points that are distributed as those that Optuna 5 asks for', () => {
  for (const { name, space: described, trials, draws } of recorded.cases) {
    test(name, () => {
      const entries = Object.entries(described);
      const space = searchSpace(Object.fromEntries(entries.map(([key, value]) => [key, distribution(value)])));
      const history = new Map(
        trials.map(({ hparams, value }, number): [number, TrialRecord] => [
          number,
          { number, state: 'complete', hparams, value, reports: [], epochs: 1, samples: 1, startedAt: 0 },
        ]),
      );
      const objective = { metric: 'loss', direction: 'minimize' } as const;
      const points = Array.from({ length: DRAWS }, (_, seed) =>
        tpe({ seed, candidates: 24 }).begin({ space, objective, seed: 0, trials: 200 }).ask(trials.length, history),
      );
      const scaled = (key: string, point: HParams | undefined) => {
        const { float: real, int: whole, log } = described[key]!;
        const [low, high] = (real ?? whole)!;
        const value = Number(point?.[key]);
        return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      };
      const numeric = entries.filter(([, { choice: options }]) => !options).map(([key]) => key);
      const distance = (a: HParams | undefined, b: HParams) =>
        numeric.reduce((sum, key) => sum + Math.abs(scaled(key, a) - scaled(key, b)), 0) / numeric.length;
      const good = [...trials].sort((a, b) => a.value - b.value).slice(0, defaultGamma(trials.length));
      const valuesOf = (key: string) =>
        key === '(nearest)'
          ? points.map(point => Math.min(...good.map(({ hparams }) => distance(point, hparams))))
          : points.map(point => described[key]!.choice?.indexOf(String(point?.[key])) ?? Number(point?.[key]));
      for (const [key, { at, share }] of Object.entries(draws)) {
        const values = valuesOf(key);
        for (const [i, threshold] of at.entries()) {
          const below = values.filter(value => value <= threshold * (1 + 1e-12 * Math.sign(threshold))).length;
          expect(Math.abs(below / DRAWS - share[i]!), `${key} up to ${threshold}`).toBeLessThan(BOUND);
        }
      }
    });
  }
});
