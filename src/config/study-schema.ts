import * as z from 'zod';
import { rule } from './rule-schema.js';
import { sampler } from './samplers.js';
import { either, expected, flag, keys, list, ONE_KEY, oneOf, positive, text, whole, within } from './schema-parts.js';

// What search files say of the study, whatever a trial is.

const metric = text('the name of a metric').optional();

const oneGoal = 'expected either minimize or maximize, with the name of a metric';

const hasOneGoal = (value: { readonly minimize?: string | undefined; readonly maximize?: string | undefined }) =>
  (value.minimize === undefined) !== (value.maximize === undefined);

const hasNoGoal = (value: { readonly minimize?: string | undefined; readonly maximize?: string | undefined }) =>
  value.minimize === undefined && value.maximize === undefined;

/** What is better: less of one metric, or more. */
const goal = keys('an object such as { "minimize": "valLoss" }', { minimize: metric, maximize: metric })
  .refine(hasOneGoal, { error: () => oneGoal })
  .meta(ONE_KEY);

const several = list('a list of objectives', goal)
  .min(1, { error: () => 'expected at least one objective, got none' })
  .refine(all => new Set(all.map(nameOf)).size === all.length, {
    error: () => 'two objectives are of the same metric',
  });

/** The objective of a training, or several. */
export const goals = either('an object such as { "minimize": "valLoss" }, or a list of such', goal, several);

function nameOf({ minimize, maximize }: z.infer<typeof goal>): string | undefined {
  return minimize ?? maximize;
}

/** An objective of one's own: a module whose default export makes the reports of a trial. */
const moduleGoal = keys('an object such as { "module": "./objective.mjs", "minimize": "loss" }', {
  module: text('the path of a module, relative to this file'),
  with: z.record(z.string(), z.json(), { error: expected('an object with options for the module') }).optional(),
  minimize: metric,
  maximize: metric,
  objectives: several.optional(),
})
  .refine(({ objectives, ...one }) => (objectives === undefined ? hasOneGoal(one) : hasNoGoal(one)), {
    error: () => `${oneGoal}, or objectives, a list of such`,
  })
  .meta({ oneOf: ['minimize', 'maximize', 'objectives'].map(goal => ({ required: [goal] })) });

const value = z.union([z.number(), z.string(), z.boolean(), z.null()], {
  error: expected('a value: a number, a text, true, false or null'),
});

const point = z.record(z.string(), value, {
  error: expected('an object with values for hyperparameters, such as { "units": 64 }'),
});

/** What every file may begin with. */
export const heading = {
  $schema: text('the address of a JSON Schema').optional(),
  name: text('a name').optional(),
};

/** What is the same for all trials, but for rules, which may differ. */
export const ofTheStudy = {
  earlyStopping: list('a list of rules', rule).optional(),
  sampler: sampler.optional(),
  trials: whole(1).optional(),
  constraints: list(
    'a list of constraints such as "units1 >= units2"',
    text('a constraint such as "a <= b"'),
  ).optional(),
  enqueue: list('a list of points such as { "units": 64 }', point).optional(),
  duplicates: oneOf('policy for duplicates', ['allow', 'forbid']).optional(),
  nan: oneOf('policy for NaN', ['fail', 'prune', 'worst']).optional(),
  deterministic: either(
    'true, false, or an object such as { "lanes": 4 }',
    flag,
    keys('an object such as { "lanes": 4 }', { lanes: whole(1).optional() }),
  ).optional(),
  parallel: either('a whole number from 1 up or "auto"', whole(1), z.literal('auto')).optional(),
  workerTimeout: within(1).optional(),
  checkpoint: keys('an object such as { "every": 60 }', { every: positive }).optional(),
};

/** A search file with an objective of one's own; its `space` is given to the module with a point put in. */
export const moduleSearchSchema = keys('an object', {
  ...heading,
  space: z.record(z.string(), z.unknown(), {
    error: expected('an object with distributions, such as { "units": { "int": [8, 64] } }'),
  }),
  objective: moduleGoal,
  seed: whole(0).optional(),
  ...ofTheStudy,
});

/** Such a file with a point put in. */
export type ModuleFile = z.infer<typeof moduleSearchSchema>;

/** What both kinds of search files say of the study. */
export type StudySection = Pick<ModuleFile, keyof typeof ofTheStudy | 'name' | 'seed'>;
