import type * as z from 'zod';
import { namedForm } from '../nn/plain.js';
import { grid } from '../tune/samplers/grid.js';
import { randomSearch } from '../tune/samplers/random-search.js';
import type { Sampler } from '../tune/samplers/sampler.js';
import { tpe } from '../tune/samplers/tpe.js';
import { flag, fraction, type PartForm, part, positive, whole } from './schema-parts.js';

const seed = whole(0).optional().describe('Of what is drawn; the seed of the study unless stated.');
const startupTrials = whole(0).optional().describe('So many trials are drawn at random before the model is asked.');

/** Every sampler's options as a file states them. */
const SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  random: { seed },
  grid: {},
  sobol: { seed, scramble: flag.optional().describe('Whether the points are scrambled, by the seed; true.') },
  halton: { seed, scramble: flag.optional().describe('Whether the points are scrambled, by the seed; true.') },
  tpe: {
    seed,
    startupTrials,
    candidates: whole(1).optional().describe('How many points are drawn to choose the most promising of; 24.'),
  },
  gp: { seed, startupTrials },
  cmaes: {
    seed,
    population: whole(2).optional().describe('Trials of a generation; by the number of hyperparameters unless stated.'),
    sigma: positive.optional().describe('The first step, as a part of each range.'),
  },
  nsga2: {
    seed,
    population: whole(2).optional().describe('Trials of a generation.'),
    crossover: fraction.optional().describe('How likely two parents are mixed.'),
    mutation: fraction.optional().describe('How likely a hyperparameter is drawn anew.'),
  },
  auto: { seed },
};

/** A sampler from the options of a file; `seed` is the command line's before the file's. */
const FACTORIES: Readonly<Record<string, (options: never) => Sampler>> = {
  random: randomSearch,
  grid: () => grid(),
  tpe,
};

/** The first of some samplers that files can name. */
export function preferredSampler(...names: readonly string[]): string {
  return names.find(name => Object.hasOwn(FACTORIES, name)) ?? 'random';
}

/** The samplers of a file, by name or with options. */
export const sampler: z.ZodType<PartForm> = part(
  'sampler',
  Object.fromEntries(Object.entries(SHAPES).filter(([name]) => Object.hasOwn(FACTORIES, name))),
);

/** The sampler that a file names, `random` unless stated. */
export function samplerFrom(form: PartForm | undefined, seed: number | undefined): Sampler {
  const { name, options } = namedForm(form ?? 'random') as { name: string; options: object };
  const factory = FACTORIES[name] as (options: object) => Sampler;
  return factory(seed === undefined ? options : { ...options, seed });
}
