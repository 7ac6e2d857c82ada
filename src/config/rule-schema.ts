import * as z from 'zod';
import { nanPolicies } from '../early-stopping/nan.js';
import type { ruleFactories } from '../early-stopping/rule-factories.js';
import { type Reference, reference } from './part-schemas.js';
import {
  anyNumber,
  either,
  expected,
  flag,
  keys,
  list,
  oneOf,
  positive,
  text,
  unknownName,
  whole,
  within,
} from './schema-parts.js';

type RuleName = keyof typeof ruleFactories;

/** An early-stopping rule as a file states it. */
export type RuleForm =
  | string
  | Reference
  | { readonly any: readonly RuleForm[] }
  | { readonly all: readonly RuleForm[] }
  | { readonly not: RuleForm }
  | { readonly after: { readonly epochs: number; readonly rule: RuleForm } }
  | { readonly every: { readonly epochs: number; readonly rule: RuleForm } }
  | { readonly [Name in RuleName]?: object };

const metric = text('the name of a metric').optional();
const direction = oneOf('direction', ['minimize', 'maximize']).optional();
const nan = oneOf('policy for NaN', nanPolicies).optional();
const judged = { metric, direction, nan };
/** Of the rules that can judge before an epoch is over; the schemas' word `within` is for numbers. */
const inside = { within: oneOf('place', ['epoch']).optional() };
const comparison = {
  startupTrials: whole(0).optional(),
  warmup: whole(0).optional(),
  interval: whole(1).optional(),
  minTrials: whole(1).optional(),
  ...judged,
};
const rungs = {
  minResource: whole(1).optional(),
  maxResource: whole(1).optional(),
  reductionFactor: within(2).optional(),
  ...judged,
};

const shapes: Readonly<Record<RuleName, z.ZodRawShape>> = {
  diverged: { growth: within(1).optional(), ...judged, ...inside },
  patience: {
    epochs: whole(1),
    minDelta: within(0).optional(),
    restoreBest: flag.optional(),
    ...judged,
  },
  plateau: {
    window: whole(2).optional(),
    slope: within(0).optional(),
    warmup: whole(0).optional(),
    ...judged,
  },
  threshold: {
    ...judged,
    metric: text('the name of a metric'),
    above: anyNumber.optional(),
    below: anyNumber.optional(),
    warmup: whole(0).optional(),
    outcome: oneOf('outcome', ['complete', 'pruned', 'failed']).optional(),
    ...inside,
  },
  timeBudget: { seconds: positive, ...inside },
  sampleBudget: { samples: positive, ...inside },
  median: comparison,
  percentile: { percentile: within(0, 100), ...comparison },
  successiveHalving: rungs,
  hyperband: { ...rungs, maxResource: whole(1), seed: anyNumber.optional() },
  wilcoxon: { p: within(0, 1).optional(), startupSteps: whole(1).optional(), ...judged },
};

/** The rules that may stand alone as a name, because no option of theirs is required. */
const bare = ['diverged', 'plateau', 'median', 'successiveHalving', 'wilcoxon'] as const;
const examples: Readonly<Record<string, string>> = {
  patience: '{ "patience": { "epochs": 5 } }',
  threshold: '{ "threshold": { "metric": "valLoss", "below": 0.1 } }',
  timeBudget: '{ "timeBudget": { "seconds": 60 } }',
  sampleBudget: '{ "sampleBudget": { "samples": 1000000 } }',
  percentile: '{ "percentile": { "percentile": 25 } }',
  hyperband: '{ "hyperband": { "maxResource": 81 } }',
  any: '{ "any": [ … ] }',
  all: '{ "all": [ … ] }',
  not: '{ "not": … }',
  after: '{ "after": { "epochs": 5, "rule": … } }',
  every: '{ "every": { "epochs": 5, "rule": … } }',
};
const names = [...Object.keys(shapes), 'any', 'all', 'not', 'after', 'every', 'use'];

const byName = z.enum(bare, {
  error: ({ input }) =>
    typeof input === 'string' && Object.hasOwn(examples, input)
      ? `"${input}" needs options: ${examples[input]}`
      : unknownName('rule', String(input), names.slice(0, -1)),
});

const several = list(
  'a list of rules',
  z.lazy(() => rule),
).min(1, { error: expected('at least one rule') });
const delayed = () =>
  keys('an object such as { "epochs": 5, "rule": … }', { epochs: whole(1), rule: z.lazy(() => rule) });

const byOptions = z
  .strictObject(
    {
      ...Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [
          name,
          keys(`an object with the options of ${name}`, shape).optional(),
        ]),
      ),
      any: several.optional(),
      all: several.optional(),
      not: z.lazy(() => rule).optional(),
      after: delayed().optional(),
      every: delayed().optional(),
      ...Object.fromEntries(Object.entries(reference.shape).map(([name, schema]) => [name, schema.optional()])),
    },
    {
      error: issue =>
        issue.code === 'unrecognized_keys'
          ? unknownName('rule', String(issue.keys?.[0]), names)
          : expected(`a rule, one of ${names.join(', ')}`)(issue),
    },
  )
  .refine(value => Object.keys(value).filter(key => key !== 'with').length === 1, {
    error: ({ input }) => {
      const given = Object.keys(input as object);
      return `expected one rule of ${names.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`;
    },
  })
  .refine(value => !('with' in value) || 'use' in value, { error: () => '"with" goes with "use" only' });

/** An early-stopping rule: a name, a name with options, a combination, or a user's own. */
export const rule: z.ZodType<RuleForm> = z.lazy(
  () => either(`a rule, one of ${names.join(', ')}`, byName, byOptions) as unknown as z.ZodType<RuleForm>,
);
