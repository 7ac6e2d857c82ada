import { InputError } from '../errors.js';
import { nniSpace } from './import-nni.js';
import { sweepSpace } from './import-sweep.js';
import type { ParsedYaml } from './parse-yaml.js';
import { isJsonObject } from './read-json.js';

/** A search file made of another program's, with what could not be translated, a sentence each. */
export interface Imported {
  readonly kind: 'a Weights & Biases sweep' | 'an NNI search space';
  readonly search: { readonly [key: string]: unknown };
  readonly notes: readonly string[];
}

/** What is made of the parameters and the settings of another program. */
export interface Translation {
  readonly space: { readonly [key: string]: unknown };
  /** Keys of a search file beside `space`. */
  readonly settings: { readonly [key: string]: unknown };
  readonly notes: readonly string[];
}

/**
 * A search file with an objective of one's own, to be written as `objective.mjs`, for a Weights & Biases sweep or an NNI search space
 * (or an NNI experiment with its search space in it).
 *
 * @throws InputError for what is neither.
 */
export function importSearch({ value, sourceAt }: ParsedYaml, schema: string): Imported {
  if (!isJsonObject(value)) throw new InputError('expected a sweep or a search space, an object, and there is none');
  const inner = value.searchSpace;
  const nni = isJsonObject(inner) ? inner : value;
  const isNni = Object.values(nni).some(each => isJsonObject(each) && Object.hasOwn(each, '_type'));
  if (!isNni && !isJsonObject(value.parameters)) {
    throw new InputError(
      'expected a Weights & Biases sweep, which has "parameters", or an NNI search space, whose parameters have a "_type"',
    );
  }
  const { space, settings, notes } = isNni
    ? nniSpace(nni, nni === value ? undefined : value)
    : sweepSpace(value, sourceAt);
  if (Object.keys(space).length === 0) throw new InputError('there is no parameter that could be translated');
  const { objective = { minimize: 'loss' }, ...others } = settings;
  return {
    kind: isNni ? 'an NNI search space' : 'a Weights & Biases sweep',
    search: {
      $schema: schema,
      space,
      objective: { module: './objective.mjs', ...(objective as object) },
      ...others,
      ...(others.trials === undefined && others.sampler !== 'grid' && { trials: 20 }),
    },
    notes,
  };
}
