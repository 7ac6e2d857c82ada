import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choice, float, int, ordinal } from '../../src/tune/distributions.js';
import type { HParams } from '../../src/tune/events.js';
import type { Sampler } from '../../src/tune/samplers/sampler.js';
import { type SearchSpace, searchSpace } from '../../src/tune/space.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

const objective = { metric: 'valLoss', direction: 'minimize' } as const;

/** A history in which every third trial is of another state, and values depend on the number only. */
export function history(points: readonly HParams[]): ReadonlyMap<number, TrialRecord> {
  const states = ['complete', 'pruned', 'failed', 'running'] as const;
  return new Map(
    points.map((hparams, number) => [
      number,
      {
        number,
        state: states[number % 4] ?? 'complete',
        hparams,
        reports: [],
        value: number % 5 === 4 ? undefined : Math.sin(number),
        epochs: 1,
        samples: 1,
        startedAt: 0,
      },
    ]),
  );
}

/** The first `n` points that a sampler draws for a space, each told of the ones before it. */
export function draw(sampler: Sampler, space: SearchSpace, n: number, seed = 0): readonly HParams[] {
  const sampling = sampler.begin({ space, objective, seed });
  const points: HParams[] = [];
  while (points.length < n) {
    const point = sampling.ask(points.length, history(points));
    if (point === undefined) break;
    points.push(point);
  }
  return points;
}

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const finiteRange = fc.tuple(
  fc.integer({ min: -50, max: 50 }),
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 3 }),
);
const leaf = fc.oneof(
  finiteRange.map(([low, width, step]) => int(low, low + width * step, { step })),
  finiteRange.map(([low, width, step]) => float(low / 10, (low + width * step) / 10, { step: step / 10 })),
  finiteRange.map(([low, width]) => int(60 + low, 60 + low + width, { log: true })),
  fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }).map(options => ordinal(options)),
);

/** Templates of finitely many points: nested objects, lists and choices with more of them in their options. */
export const finiteTemplates: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  template: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: scalar },
    {
      weight: 2,
      arbitrary: fc
        .array(tie('template'), { minLength: 1, maxLength: 3 })
        .map(options => choice(options.map((option, i) => ({ [`option${i}`]: option })))),
    },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('template'), { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.array(tie('template'), { maxLength: 2 }) },
  ),
})).template;

/** What holds for every sampler; `finite`: for one that draws from finite spaces only. */
export function samplerContract(name: string, make: (seed: number) => Sampler, { finite = false } = {}): void {
  const spaces = {
    flat: { units: int(8, 256, { step: 8 }), activation: choice(['relu', 'tanh']), rate: float(0, 0.5, { step: 0.1 }) },
    conditional: {
      optimizer: choice([
        { adam: { b: int(1, 3) } },
        { sgd: { momentum: ordinal([0, 0.5, 0.9]), nesterov: choice([true, false]) } },
        'none',
      ]),
      depth: int(1, 4, { log: true }),
    },
    ...(finite ? {} : { real: { learningRate: float(1e-4, 0.1, { log: true }), width: float(-1, 1) } }),
  };

  describe(`the sampler ${name}`, () => {
    for (const [kind, template] of Object.entries(spaces)) {
      const space = searchSpace(template as unknown);

      test(`draws points that are in a ${kind} space, and only the hyperparameters that exist there`, () => {
        const points = draw(make(1), space, 60);
        expect(points.length).toBeGreaterThan(0);
        for (const point of points) {
          const { hparams } = space.resolve(h => point[h.name] ?? null);
          expect(point).toEqual(hparams);
          expect(() => space.substitute(point)).not.toThrow();
        }
      });

      test(`draws the same from a ${kind} space for the same seed, trial and history`, () => {
        const points = draw(make(7), space, 20);
        expect(draw(make(7), space, 20)).toEqual(points);
        const fresh = make(7).begin({ space, objective, seed: 0 });
        for (const trial of [...points.keys()].reverse()) {
          expect(fresh.ask(trial, history(points.slice(0, trial)))).toEqual(points[trial]);
        }
      });
    }

    test('draws from any space of finitely many points', () => {
      fc.assert(
        fc.property(finiteTemplates, fc.nat(), (template, seed) => {
          const space = searchSpace({ template });
          for (const point of draw(make(seed), space, 5)) space.substitute(point);
        }),
        { numRuns: 60 },
      );
    });

    test('a space without hyperparameters has one point, with nothing in it', () => {
      expect(draw(make(0), searchSpace({ a: 1 }), 1)).toEqual([{}]);
    });
  });
}
