import type * as z from 'zod';
import { namedForm } from '../nn/plain.js';
import { auto } from '../tune/samplers/auto.js';
import { cmaes } from '../tune/samplers/cmaes.js';
import { gp } from '../tune/samplers/gp.js';
import { grid } from '../tune/samplers/grid.js';
import { halton } from '../tune/samplers/halton.js';
import { nsga2 } from '../tune/samplers/nsga2.js';
import { randomSearch } from '../tune/samplers/random-search.js';
import type { Sampler } from '../tune/samplers/sampler.js';
import { sobol } from '../tune/samplers/sobol.js';
import { tpe } from '../tune/samplers/tpe.js';
import { flag, type PartForm, part, positive, whole } from './schema-parts.js';

const seed = whole(0).optional().describe('Of what is drawn; the seed of the study unless stated.');
/** Every sampler's options as a file states them. */
const SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  random: { seed },
  grid: {},
  sobol: { seed },
  halton: { seed },
  tpe: {
    seed,
    startupTrials: whole(0).optional().describe('So many trials are drawn at random first; 10 unless stated.'),
    candidates: whole(1)
      .optional()
      .describe(
        'Points that are drawn to take the most promising of; 12 for each real number, from 24 to 80, unless stated.',
      ),
    priorWeight: positive.optional().describe('How much the prior counts against one trial; 1 unless stated.'),
    group: flag.optional().describe('Whether hyperparameters of one condition are drawn together; true unless stated.'),
  },
  gp: {
    seed,
    startup: whole(1).optional().describe('So many trials finish before the model is asked; 10 unless stated.'),
    memory: whole(2).optional().describe('Trials that the model knows at most; 300 unless stated.'),
  },
  cmaes: {
    seed,
    population: whole(4).optional().describe('Trials of a generation; by the number of hyperparameters unless stated.'),
    sigma: positive.optional().describe('The first deviation, as a share of every range; 0.25 unless stated.'),
  },
  nsga2: { seed, population: whole(2).optional().describe('Trials of a generation; 50 unless stated.') },
  auto: { seed },
};

/** A sampler from the options of a file; `seed` is the command line's before the file's. */
const FACTORIES: Readonly<Record<string, (options: never) => Sampler>> = {
  random: randomSearch,
  grid: () => grid(),
  sobol,
  halton,
  tpe,
  gp,
  cmaes,
  nsga2,
  auto,
};

/** The samplers of a file, by name or with options. */
export const sampler: z.ZodType<PartForm> = part('sampler', SHAPES);

/** The sampler that a file names, `auto` unless stated. */
export function samplerFrom(form: PartForm | undefined, seed: number | undefined): Sampler {
  const { name, options } = namedForm(form ?? 'auto') as { name: string; options: object };
  const factory = FACTORIES[name] as (options: object) => Sampler;
  return factory(seed === undefined ? options : { ...options, seed });
}
