import { from, lastValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../src/config/check-schema.js';
import { inSequence, makeRules } from '../../src/config/make-rules.js';
import { metricsWanted } from '../../src/config/metrics-wanted.js';
import { ruleNames } from '../../src/config/rule-names.js';
import type { RuleForm } from '../../src/config/rule-schema.js';
import { ruleFactories } from '../../src/early-stopping/rule-factories.js';
import { seesWithin } from '../../src/early-stopping/within.js';
import { report, study } from '../early-stopping/fixtures.js';

const objective = { metric: 'valLoss', direction: 'minimize' } as const;
const custom = {
  rule: () => {
    throw new Error('there is no rule of a user here');
  },
};

/** A training file with these rules, which is checked. */
const fileWith = (...earlyStopping: unknown[]) =>
  checkSchema({
    data: { source: 'a.csv', target: 'b', split: { validation: 0.2 } },
    model: { layers: [{ dense: { units: 2 } }] },
    epochs: 3,
    earlyStopping,
  });
const make = (form: unknown, view = study([])) =>
  makeRules(fileWith(form).earlyStopping as readonly RuleForm[], view, custom)[0]!;

const judged = { metric: 'valLoss', direction: 'minimize', nan: 'worst' } as const;
const inside = { within: 'epoch' } as const;
const comparison = { startupTrials: 1, warmup: 1, interval: 2, minTrials: 2, ...judged };

/** Every rule with every option that it has. */
const forms: readonly { readonly [name: string]: object }[] = [
  { diverged: { growth: 5, ...judged, ...inside } },
  { patience: { epochs: 3, minDelta: 0.1, restoreBest: false, ...judged } },
  { plateau: { window: 3, slope: 0.1, warmup: 2, ...judged } },
  { threshold: { above: 1, below: 0, warmup: 1, outcome: 'failed', ...judged, ...inside } },
  { timeBudget: { seconds: 1.5, ...inside } },
  { sampleBudget: { samples: 1000, ...inside } },
  { median: comparison },
  { percentile: { percentile: 25, ...comparison } },
  { successiveHalving: { minResource: 2, maxResource: 9, reductionFactor: 2.5, ...judged } },
  { hyperband: { minResource: 2, maxResource: 9, reductionFactor: 2.5, seed: 7, ...judged } },
  { wilcoxon: { p: 0.05, startupSteps: 3, ...judged } },
];

describe('rules of a file', () => {
  test('are all that there are, with all of their options', () => {
    expect(forms.map(form => Object.keys(form)[0]).sort()).toEqual(Object.keys(ruleFactories).sort());
    for (const form of forms) expect(make(form).ruleName).toBe(Object.keys(form)[0]);
  });

  test.each(['diverged', 'plateau', 'median', 'successiveHalving', 'wilcoxon'])('%s may stand alone', name => {
    expect(make(name).ruleName).toBe(name);
  });

  test.each([
    ['hyperband', 'earlyStopping[0]: "hyperband" needs options: { "hyperband": { "maxResource": 81 } }'],
    ['timeBudget', 'earlyStopping[0]: "timeBudget" needs options: { "timeBudget": { "seconds": 60 } }'],
    ['sampleBudget', 'earlyStopping[0]: "sampleBudget" needs options: { "sampleBudget": { "samples": 1000000 } }'],
    [{ hyperband: {} }, 'earlyStopping[0].hyperband.maxResource: missing; expected a whole number from 1 up'],
    [{ timeBudget: { seconds: 0 } }, 'earlyStopping[0].timeBudget.seconds: expected a number above 0, got 0'],
    [{ plateau: { window: 1 } }, 'earlyStopping[0].plateau.window: expected a whole number from 2 up, got 1'],
    [{ wilcoxon: { p: 2 } }, 'earlyStopping[0].wilcoxon.p: expected a number from 0 to 1, got 2'],
    [
      { diverged: { nan: 'worse' } },
      'earlyStopping[0].diverged.nan: no policy for NaN "worse" (did you mean "worst"?); there are fail, prune, worst',
    ],
    [
      { patience: { epochs: 3, within: 'epoch' } },
      'earlyStopping[0].patience.within: unknown key (accepted: epochs, minDelta, restoreBest, metric, direction, nan)',
    ],
    [
      { threshold: { metric: 'loss', above: 1, within: 'batch' } },
      'earlyStopping[0].threshold.within: no place "batch" (did you mean "epoch"?); there are epoch',
    ],
  ])('%j is refused: %s', (form, message) => {
    expect(() => fileWith(form)).toThrow(message);
  });

  test('that only make sense together are refused with their path', () => {
    expect(() => make({ hyperband: { minResource: 9, maxResource: 3 } })).toThrow(
      'earlyStopping[0].hyperband: expected `maxResource` to be a whole number from 9 up, got 3 (number)',
    );
  });

  test('say what they watch, so that it is reported; budgets watch nothing', () => {
    const file = fileWith(
      { plateau: { metric: 'valAccuracy' } },
      { timeBudget: { seconds: 9 } },
      { sampleBudget: { samples: 9 } },
      { hyperband: { maxResource: 9, metric: 'valF1' } },
    );
    const { metrics, places } = metricsWanted(file, true);
    expect(metrics.map(({ name }) => name)).toEqual(['accuracy', 'f1']);
    expect(places).toEqual(['earlyStopping[0].plateau.metric', 'earlyStopping[3].hyperband.metric']);
    expect(() => metricsWanted(fileWith('plateau'), false)).toThrow('"valLoss" needs validation rows');
    expect(metricsWanted(fileWith({ timeBudget: { seconds: 9 } }), false).metrics).toEqual([]);
  });

  test('have their names in decisions', () => {
    expect(
      ruleNames([{ any: ['wilcoxon', { timeBudget: { seconds: 1 } }] }] as readonly RuleForm[], objective),
    ).toEqual(['any(wilcoxon, timeBudget)']);
  });

  test('in sequence ask for reports from within an epoch if one of them does', async () => {
    const several = (...some: unknown[]) =>
      inSequence(makeRules(fileWith(...some).earlyStopping as readonly RuleForm[], study([]), custom));
    expect(seesWithin(several('median', { patience: { epochs: 1 } }))).toBe(false);
    expect(seesWithin(several())).toBe(false);
    const rule = several('median', { diverged: { within: 'epoch' } });
    expect(seesWithin(rule)).toBe(true);
    const partial = { ...report(0, Number.NaN), within: 'epoch' } as const;
    expect((await lastValueFrom(from([partial, report(1, 1)]).pipe(rule))).stop).toMatchObject({
      by: 'diverged',
      epoch: 0,
    });
  });
});
