import { describe, expect, it } from 'vitest';
import { type RuleOptions, ruleFactories } from '../../src/early-stopping/rule-factories.js';
import { named } from '../../src/early-stopping/user-rule.js';
import { study } from './fixtures.js';

/** Every option of every rule, with a value that it takes. */
const options: { readonly [Name in keyof RuleOptions]: Required<RuleOptions[Name]> } = {
  patience: { epochs: 3, metric: 'loss', minDelta: 0, direction: 'minimize', restoreBest: true, nan: 'worst' },
  plateau: { metric: 'loss', window: 3, slope: 0, warmup: 0, direction: 'minimize', nan: 'fail' },
  threshold: {
    metric: 'loss',
    above: 3,
    below: 1,
    warmup: 0,
    outcome: 'pruned',
    direction: 'minimize',
    nan: 'fail',
    within: 'epoch',
  },
  diverged: { metric: 'loss', growth: 10, direction: 'minimize', nan: 'fail', within: 'epoch' },
  timeBudget: { seconds: 3, within: 'epoch' },
  sampleBudget: { samples: 3, within: 'epoch' },
  median: {
    startupTrials: 3,
    warmup: 1,
    interval: 2,
    minTrials: 1,
    metric: 'loss',
    direction: 'minimize',
    nan: 'prune',
  },
  percentile: {
    percentile: 25,
    startupTrials: 3,
    warmup: 1,
    interval: 2,
    minTrials: 1,
    metric: 'loss',
    direction: 'minimize',
    nan: 'prune',
  },
  successiveHalving: {
    minResource: 1,
    maxResource: 9,
    reductionFactor: 3,
    metric: 'loss',
    direction: 'minimize',
    nan: 'prune',
  },
  hyperband: {
    minResource: 1,
    maxResource: 9,
    reductionFactor: 3,
    seed: 1,
    metric: 'loss',
    direction: 'minimize',
    nan: 'prune',
  },
  wilcoxon: { p: 0.1, startupSteps: 2, metric: 'loss', direction: 'minimize', nan: 'prune' },
};

/** As code without types would call it. */
const make = (name: keyof RuleOptions, given: unknown) =>
  (ruleFactories[name] as (options: unknown, view: unknown) => unknown)(given, study([]));

describe('the options of a rule in code', () => {
  it.each(Object.keys(options) as (keyof RuleOptions)[])('%s takes all that it has, and no other', name => {
    expect(make(name, options[name])).toBeTypeOf('function');
    const [first = ''] = Object.keys(options[name]);
    const misspelt = `${first.slice(0, -1)}X`;
    expect(() => make(name, { ...options[name], [misspelt]: 1 })).toThrow(
      new RegExp(`^${name}: no option "${misspelt}" \\(did you mean "${first}"\\?\\); there are `),
    );
    expect(() => make(name, 5)).toThrow(`${name}: expected options such as { `);
    expect(() => make(name, null)).toThrow(`${name}: expected options such as { `);
  });

  it('are told apart by the case of their letters', () => {
    expect(() => make('median', { warmUp: 3 })).toThrow(
      'median: no option "warmUp" (did you mean "warmup"?); there are startupTrials, warmup, interval, minTrials, metric, direction, nan',
    );
  });

  it('are checked for an operator of one’s own too', () => {
    expect(() => named('mine', source => source, { withIn: 'epoch' } as never)).toThrow(
      'mine: no option "withIn" (did you mean "within"?); there are within',
    );
  });
});
