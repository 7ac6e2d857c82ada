import { didYouMean, InputError } from '../errors.js';
import {
  anyNumber,
  checkOptions,
  checkValue,
  count,
  fraction,
  nonNegative,
  type OptionRule,
  positive,
  shown,
} from './options.js';
import { namedForm } from './plain.js';

/** A learning rate for every optimizer step, from 0. Pure: the host evaluates it in float64 and feeds the number. */
export type Schedule = (step: number) => number;

/** A schedule as a file states it: `{ "cosine": { "rate": 0.01, "steps": 1000 } }`. */
export type ScheduleForm = { readonly [name: string]: object };

/** What stands wherever a learning rate is asked for. */
export type LearningRate = number | Schedule | ScheduleForm;

/** Always the same rate. */
export function constant(options: { readonly rate: number }): Schedule {
  const { rate } = need('constant', options, { rate: positive });
  return () => rate;
}

/** rate · factor^⌊step / every⌋: falls at once every so many steps; factor 0.1 unless stated. */
export function step(options: { readonly rate: number; readonly every: number; readonly factor?: number }): Schedule {
  const { rate, every, factor = 0.1 } = need('step', options, { rate: positive, every: count }, { factor: positive });
  return t => rate * factor ** Math.floor(t / every);
}

/** rate · factor^(step / every): falls smoothly, by `factor` in `every` steps (1 unless stated). */
export function exponential(options: {
  readonly rate: number;
  readonly factor: number;
  readonly every?: number;
}): Schedule {
  const {
    rate,
    factor,
    every = 1,
  } = need('exponential', options, { rate: positive, factor: positive }, { every: count });
  return t => rate * factor ** (t / every);
}

/** Half a cosine from `rate` down to `end` (0 unless stated) in `steps` steps, then `end` (Loshchilov and Hutter, 2017). */
export function cosine(options: { readonly rate: number; readonly steps: number; readonly end?: number }): Schedule {
  const { rate, steps, end = 0 } = need('cosine', options, { rate: positive, steps: count }, { end: nonNegative });
  return t => cosineBetween(rate, end, Math.min(1, t / steps));
}

/** A line from `from` (0 unless stated) to the first rate of `after` in `steps` steps, then `after`, counted from there. */
export function warmup(options: {
  readonly steps: number;
  readonly after: LearningRate;
  readonly from?: number;
}): Schedule {
  const {
    steps,
    after,
    from = 0,
  } = need('warmup', options, { steps: count, after: learningRate }, { from: nonNegative });
  const next = toSchedule(after);
  return t => (t < steps ? from + ((next(0) - from) * t) / steps : next(t - steps));
}

/**
 * Half a cosine from `start` up to `peak` in the first `warm` share of the steps, then one down to `end`; as
 * PyTorch's OneCycleLR. Defaults: warm 0.3, start peak / 25, end start / 10⁴ (Smith and Topin, 2019).
 */
export function oneCycle(options: {
  readonly peak: number;
  readonly steps: number;
  readonly warm?: number;
  readonly start?: number;
  readonly end?: number;
}): Schedule {
  const required = { peak: positive, steps: count };
  const { peak, steps, ...rest } = need('oneCycle', options, required, {
    warm: fraction,
    start: positive,
    end: nonNegative,
  });
  const { warm = 0.3, start = peak / 25, end = start / 1e4 } = rest;
  const top = Math.max(0, warm * steps - 1);
  const last = Math.max(top, steps - 1);
  return t => {
    if (t < top) return cosineBetween(start, peak, t / top);
    return t >= last ? end : cosineBetween(peak, end, (t - top) / (last - top));
  };
}

const cosineBetween = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/** The built-in schedules, as a file names them. */
export const schedulesByName = { constant, step, exponential, cosine, warmup, oneCycle } as const;

/** A built-in schedule. */
export type ScheduleName = keyof typeof schedulesByName;

const isForm = (value: unknown): value is ScheduleForm => typeof value === 'object' && namedForm(value) !== undefined;

/** Accepts what `toSchedule` does. */
export const learningRate: OptionRule = {
  accepts: `a number above 0, a function of the step, or one of ${Object.keys(schedulesByName).join(', ')} with its options`,
  test: value => positive.test(value) || typeof value === 'function' || isForm(value),
};

/**
 * A number, a schedule, or the form of a file, as a schedule.
 *
 * @throws InputError for an unknown schedule or a wrong option.
 */
export function toSchedule(rate: LearningRate): Schedule {
  checkValue('a learning rate', rate, learningRate);
  if (typeof rate === 'function') return t => checkValue(`the learning rate of step ${t}`, rate(t), anyNumber);
  if (typeof rate === 'number') return () => rate;
  const { name, options } = namedForm(rate)!;
  if (!Object.hasOwn(schedulesByName, name)) {
    const names = Object.keys(schedulesByName);
    throw new InputError(`no schedule "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}`);
  }
  return schedulesByName[name as ScheduleName](options as never);
}

function need<T extends object>(
  name: string,
  options: T,
  required: Readonly<Record<string, OptionRule>>,
  optional: Readonly<Record<string, OptionRule>> = {},
): T {
  checkOptions(name, options, { ...required, ...optional });
  for (const [key, rule] of Object.entries(required)) {
    const value = (options as Record<string, unknown>)[key];
    if (value === undefined) throw new InputError(`${name} needs ${key}: ${rule.accepts}, got ${shown(options)}`);
  }
  return options;
}
