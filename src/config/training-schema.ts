import * as z from 'zod';
import { columnTypes, imputeNames, scaleNames, taskNames } from '../data/table-options.js';
import { DEVICE_NAMES } from '../kernels/device.js';
import { activation, initializer, loss, optimizer, type Reference } from './part-schemas.js';
import {
  either,
  expected,
  flag,
  fraction,
  keys,
  list,
  ONE_KEY,
  oneOf,
  type PartForm,
  positive,
  text,
  whole,
} from './schema-parts.js';
import { goals, heading, ofTheStudy } from './study-schema.js';

// The one description of training and search files: a search file is a training file in which any value may be a
// distribution, so it is checked by checking training files that it can become.

const columns = (accepts: string) => list(accepts, text("a column's name"));
const stratify = flag.optional();
const seed = whole(0).optional();

const validation = z
  .number({ error: expected('a fraction between 0 and 1') })
  .gt(0, { error: expected('a fraction between 0 and 1') })
  .lt(1, { error: expected('a fraction between 0 and 1') });

const data = keys('an object such as { "source": "data.csv", "target": "label" }', {
  source: text('the path of a data file, relative to this one'),
  target: either(
    "a column's name or a list of such",
    text("a column's name"),
    columns('a list').min(1, { error: () => 'expected at least one column, got none' }),
  ),
  task: oneOf('task', taskNames).optional(),
  types: z
    .record(z.string(), oneOf('column type', columnTypes), {
      error: expected('an object such as { "zip": "category" }'),
    })
    .optional(),
  features: columns("a list of columns' names").optional(),
  ignore: columns("a list of columns' names").optional(),
  scale: oneOf('scaling', scaleNames).optional(),
  impute: oneOf('imputation', imputeNames).optional(),
  weights: text("a column's name").optional(),
  delimiter: text('a character such as ";"').optional(),
  split: keys('an object such as { "validation": 0.2 }', { validation, stratify, seed }).optional(),
  folds: either(
    'a whole number from 2 up, or an object such as { "count": 5 }',
    whole(2),
    keys('an object such as { "count": 5 }', {
      count: whole(2),
      stratify,
      seed,
      repeats: whole(1).optional(),
      groups: text("a column's name").optional(),
      order: either(
        "the name of the column with each row's time, or true for rows that are in order",
        text("a column's name"),
        z.literal(true),
      ).optional(),
      steps: oneOf('kind of steps', ['epochs', 'folds']).optional(),
    }),
  ).optional(),
})
  .refine(value => value.split === undefined || value.folds === undefined, {
    error: () => 'split and folds exclude each other; leave one of them out',
  })
  .meta({ not: { required: ['split', 'folds'] } });

/** One entry of `model.layers`; `repeat` puts it there several times over, 1 unless stated. */
export type LayerForm = {
  readonly repeat?: number | undefined;
  readonly dense?:
    | {
        readonly units: number;
        readonly activation?: string | Reference | undefined;
        readonly initializer?: PartForm | undefined;
        readonly bias?: boolean | undefined;
      }
    | undefined;
  readonly dropout?: { readonly rate: number } | undefined;
  readonly activation?: string | Reference | undefined;
  readonly layers?: readonly LayerForm[] | undefined;
};

const layerKinds = ['dense', 'dropout', 'activation', 'layers'] as const;

const layer: z.ZodType<LayerForm> = z.lazy(() =>
  keys('a layer such as { "dense": { "units": 64 } }', {
    repeat: whole(0, 1000).optional(),
    dense: keys('an object such as { "units": 64 }', {
      units: whole(1),
      activation: activation.optional(),
      initializer: initializer.optional(),
      bias: flag.optional(),
    }).optional(),
    dropout: keys('an object such as { "rate": 0.1 }', { rate: fraction }).optional(),
    activation: activation.optional(),
    layers: list('a list of layers', layer).optional(),
  }).refine(value => layerKinds.filter(kind => value[kind] !== undefined).length === 1, {
    error: ({ input }) => {
      const given = layerKinds.filter(kind => Object.hasOwn(input as object, kind));
      return `expected one of ${layerKinds.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`;
    },
  }),
);

const model = keys('an object such as { "layers": [] }', {
  layers: list('a list of layers', layer),
  output: keys('an object with activation, initializer or bias', {
    activation: activation.optional(),
    initializer: initializer.optional(),
    bias: flag.optional(),
  }).optional(),
});

const clip = keys('an object such as { "globalNorm": 1 }', {
  globalNorm: positive.optional(),
  norm: positive.optional(),
  value: positive.optional(),
})
  .refine(value => Object.keys(value).length === 1, { error: () => 'expected one of globalNorm, norm, value' })
  .meta(ONE_KEY);

const health = either(
  'true, false, or an object with every, vanishing, exploding or steps',
  flag,
  keys('an object', {
    every: whole(1).optional(),
    vanishing: positive.optional(),
    exploding: positive.optional(),
    steps: whole(1).optional(),
  }),
);

const reportEvery = keys('an object such as { "steps": 10 }', { steps: whole(1) });

/** A whole training, and what a study needs beside it. */
export const trainingSchema = keys('an object', {
  ...heading,
  data,
  model,
  loss: loss.optional(),
  optimizer: optimizer.optional(),
  clip: clip.optional(),
  batchSize: either('a whole number from 1 up or "full"', whole(1), z.literal('full')).optional(),
  epochs: whole(1),
  metrics: list('a list of metrics', text('the name of a metric')).optional(),
  reportEvery: reportEvery.optional(),
  health: health.optional(),
  seed,
  device: oneOf('device', ['auto', ...DEVICE_NAMES]).optional(),
  objective: goals.optional(),
  ...ofTheStudy,
});

/** A training file, checked; every value in it is the file's own, no default is filled in. */
export type TrainingFile = z.infer<typeof trainingSchema>;

/** Its data section. */
export type DataSection = TrainingFile['data'];
