import { describe, expect, test } from 'vitest';
import { random } from '../../src/random.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams, StudyInfo } from '../../src/tune/events.js';
import { importance, importanceSteps } from '../../src/tune/importance.js';
import { randomSearch } from '../../src/tune/samplers/random-search.js';
import { searchSpace } from '../../src/tune/space.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import golden from '../reference/ped_anova_golden.json' with { type: 'json' };

const objective = { metric: 'loss', direction: 'minimize' } as const;

function study(
  template: unknown,
  points: readonly HParams[],
  value: (point: HParams, i: number) => number,
  more: Partial<StudyInfo> = {},
) {
  const space = searchSpace(template).info;
  const info: StudyInfo = { name: 's', objective, space, sampler: 'random', rules: [], parallel: 1, ...more };
  const trials = points.map((hparams, number): [number, TrialRecord] => [
    number,
    {
      number,
      state: 'complete',
      hparams,
      reports: [],
      value: value(hparams, number),
      epochs: 1,
      samples: 1,
      startedAt: 0,
    },
  ]);
  return { study: info, trials: new Map(trials) };
}

function points(template: unknown, n: number): readonly HParams[] {
  const { ask } = randomSearch({ seed: 1 }).begin({ space: searchSpace(template), objective, seed: 0 });
  return Array.from({ length: n }, (_, trial) => ask(trial, new Map()) ?? {});
}

const shares = (state: Parameters<typeof importance>[0], options?: Parameters<typeof importance>[1]) =>
  Object.fromEntries(importance(state, options).map(one => [one.name, one.importance]));

describe('importance', () => {
  const template = {
    plain: float(-1, 3),
    log: float(1e-4, 1, { log: true }),
    whole: int(1, 9),
    wholeLog: int(4, 300, { log: true }),
    stepped: float(0, 0.5, { step: 0.1 }),
    option: choice([{ a: { momentum: float(0, 0.99) } }, 'b', 'c', 'd']),
  };

  test.each([0.1, 0.25] as const)("equals Optuna 5's PED-ANOVA to 1e-9, the best %d counting as good", quantile => {
    const trials = golden.trials as unknown as [HParams, number][];
    const state = study(
      template,
      trials.map(([hparams]) => hparams),
      (_, i) => trials[i]![1],
    );
    const expected = golden.importance[`${quantile}`];
    const actual = shares(state, { quantile });
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, share] of Object.entries(expected)) expect(Math.abs(actual[name]! - share)).toBeLessThan(1e-9);
  });

  test('the shares are 1 together, the largest first, and what matters comes first', () => {
    const some = points(template, 200);
    const found = importance(study(template, some, point => Math.abs(Math.log10(point.log as number) + 2)));
    expect(found[0]?.name).toBe('log');
    expect(found[0]?.importance).toBeGreaterThan(0.8);
    expect(found.reduce((sum, one) => sum + one.importance, 0)).toBeCloseTo(1, 12);
    expect(found.map(one => one.importance)).toEqual(found.map(one => one.importance).toSorted((a, b) => b - a));
  });

  test('an option, and what exists within it only, matter where they decide', () => {
    const some = points(template, 400);
    const value = (p: HParams) =>
      p.option === 'a' ? Math.abs((p.momentum as number) - 0.9) : 1 + random(0, p.plain as number).uniform();
    expect(
      importance(study(template, some, value))
        .slice(0, 2)
        .map(one => one.name)
        .sort(),
    ).toEqual(['momentum', 'option']);
    // Never among the best: of no importance for being so.
    const other = shares(study(template, some, p => (p.option === 'a' ? 5 : 0) + (p.whole as number)));
    expect(other.momentum).toBe(0);
  });

  test('the greatest values are the good ones when a study maximizes', () => {
    const some = points(template, 100);
    const value = (p: HParams) => (p.plain as number) ** 2;
    const least = importance(study(template, some, p => -value(p)));
    const state = study(template, some, value, { objective: { metric: 'accuracy', direction: 'maximize' } });
    expect(importance(state)).toEqual(least);
  });

  test('looks at the metric that is asked for, of several objectives', () => {
    const some = points(template, 150);
    const objectives = [objective, { metric: 'size', direction: 'minimize' }] as const;
    const state = study(template, some, p => p.plain as number, { objectives });
    for (const [number, record] of state.trials) {
      state.trials.set(number, { ...record, values: [record.value as number, record.hparams.whole as number] });
    }
    expect(importance(state)[0]?.name).toBe('plain');
    expect(importance(state, { metric: 'size' })[0]?.name).toBe('whole');
    expect(() => importance(state, { metric: 'loos' })).toThrow(
      'importance: "loos" is no objective of the study; expected one of loss, size',
    );
  });

  test('only complete trials with a number count, and fewer than two say nothing', () => {
    const some = points(template, 60);
    const state = study(template, some, p => p.plain as number);
    const more = new Map(state.trials);
    const one = state.trials.get(0)!;
    more.set(60, { ...one, number: 60, state: 'pruned', value: -100 });
    more.set(61, { ...one, number: 61, value: undefined });
    more.set(62, { ...one, number: 62, value: Number.NaN });
    expect(importance({ ...state, trials: more })).toEqual(importance(state));
    expect(importance({ ...state, trials: new Map([[0, one]]) })).toEqual([]);
  });

  test('all are equally important while all trials are equally good', () => {
    const some = points(template, 20);
    for (const { importance: share } of importance(study(template, some, () => 1)))
      expect(share).toBeCloseTo(1 / 7, 12);
  });

  test('refuses a quantile that is none, and a study that has not begun', () => {
    const state = study(template, points(template, 5), () => 1);
    expect(() => importance(state, { quantile: 1 })).toThrow(
      'importance: expected `quantile` to be a number between 0 and 1, got 1',
    );
    expect(() => importance({ study: undefined, trials: new Map() })).toThrow('the study has not begun');
  });

  test('can be computed in steps, of the trials there are at the first', () => {
    const state = study(template, points(template, 60), ({ plain, log }) => Number(plain) ** 2 + Math.log(Number(log)));
    const whole = importance(state);
    const steps = importanceSteps(state);
    let step = steps.next();
    let taken = 0;
    state.trials.clear();
    for (; !step.done; step = steps.next()) taken++;
    expect(step.value).toEqual(whole);
    expect(taken).toBe(state.study.space.length);
  });
});
