import * as z from 'zod';
import { activations } from '../nn/activations.js';
import {
  anyNumber,
  either,
  expected,
  flag,
  formOf,
  fraction,
  keys,
  list,
  oneOf,
  part,
  positive,
  text,
  whole,
  within,
} from './schema-parts.js';

/** A user's own part in a file of its own, relative to this one: `{ "use": "./mish.mjs", "with": { … } }`. */
export const reference = keys('an object such as { "use": "./mine.mjs" }', {
  use: text('the path of a module, relative to this file'),
  with: z.record(z.string(), z.json(), { error: expected('an object with options for the module') }).optional(),
});

/** A reference to a user's own part. */
export type Reference = z.infer<typeof reference>;

/** A built-in activation by name, or a user's own. */
export const activation = either(
  `one of ${Object.keys(activations).join(', ')}, or { "use": "./mine.mjs" }`,
  oneOf('activation', Object.keys(activations)),
  reference,
);

const distribution = oneOf('distribution', ['uniform', 'normal']).optional();

/** How weights start. */
export const initializer = part('initializer', {
  zeros: {},
  uniform: { low: anyNumber.optional(), high: anyNumber.optional() },
  normal: { mean: anyNumber.optional(), deviation: positive.optional() },
  glorot: { distribution },
  he: { distribution },
  lecun: { distribution },
});

const classOptions = {
  labelSmoothing: fraction.optional(),
  classWeights: list('a list of numbers from 0 up, one per class', within(0)).optional(),
};

/** What a training descends. */
export const loss = part('loss', {
  crossEntropy: classOptions,
  binaryCrossEntropy: classOptions,
  meanSquaredError: {},
  meanAbsoluteError: {},
  huber: { delta: positive.optional() },
});

const learningRate: z.ZodType = z.lazy(() =>
  either(
    'a number above 0, or a schedule such as { "cosine": { "rate": 0.01 } }',
    positive,
    formOf('schedule', {
      constant: { rate: positive },
      step: { rate: positive, every: whole(1), factor: positive.optional() },
      exponential: { rate: positive, factor: positive, every: whole(1).optional() },
      cosine: { rate: positive, steps: whole(1).optional(), end: within(0).optional() },
      warmup: { steps: whole(1), after: learningRate, from: within(0).optional() },
      oneCycle: {
        peak: positive,
        steps: whole(1).optional(),
        warm: fraction.optional(),
        start: positive.optional(),
        end: within(0).optional(),
      },
    }),
  ),
);

const rate = { learningRate: learningRate.optional(), weightDecay: within(0).optional() };
const sgd = { ...rate, momentum: fraction.optional(), nesterov: flag.optional() };
const adam = { ...rate, beta1: fraction.optional(), beta2: fraction.optional(), epsilon: positive.optional() };

/** How parameters follow their gradients. */
export const optimizer = part('optimizer', {
  sgd,
  momentum: sgd,
  rmsprop: { ...rate, decay: fraction.optional(), epsilon: positive.optional(), momentum: fraction.optional() },
  adagrad: { ...rate, epsilon: positive.optional(), initialAccumulator: within(0).optional() },
  adam,
  adamw: adam,
  nadam: { ...adam, momentumDecay: within(0).optional() },
});
