import { didYouMean, InputError } from '../../errors.js';
import type { Activation, ActivationFunction } from '../activations.js';
import { shown } from '../options.js';
import { namedForm, type Plain } from '../plain.js';
import { activation } from './activation.js';
import { type DenseOptions, dense } from './dense.js';
import { dropout } from './dropout.js';
import type { Layer } from './layer.js';

/** How a file refers to a user's activation: `{ "use": "./swish.mjs", "with": { "beta": 2 } }`. */
export interface CustomReference {
  readonly use: string;
  readonly with?: Plain | undefined;
}

/** A user's own parts, for files that refer to them. */
export interface CustomParts {
  /** Where the layers stand in their file, for errors; `layers` unless stated. */
  readonly path?: string | undefined;
  /** The function behind a reference; undefined when there is none. */
  readonly activation?: ((reference: CustomReference) => ActivationFunction | undefined) | undefined;
  /** The layers that were stored by their name, `{ "custom": "residual" }`. */
  readonly layers?: Readonly<Record<string, Layer>> | undefined;
}

/** Whether a layer's file form names a user's own part. */
export const isReference = (form: unknown): form is CustomReference =>
  typeof form === 'object' && form !== null && typeof (form as CustomReference).use === 'string';

const layersByName: Readonly<Record<string, (options: unknown, parts: CustomParts) => Layer>> = {
  dense(options, parts) {
    const { units, ...rest } = objectOf<DenseOptions & { units: number }>('dense', '{ "units": 64 }', options);
    return dense(
      units,
      rest.activation === undefined ? rest : { ...rest, activation: supplied(rest.activation, parts) },
    );
  },
  dropout(options) {
    const { rate, ...rest } = objectOf<{ rate: number }>('dropout', '{ "rate": 0.1 }', options);
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) {
      throw new InputError(`dropout has no option "${unknown}"${didYouMean(unknown, ['rate'])}; it takes rate`);
    }
    return dropout(rate);
  },
  activation: (form, parts) => activation(supplied(form as Activation, parts)),
  custom(name, { layers = {} }) {
    if (typeof name === 'string' && Object.hasOwn(layers, name)) return layers[name]!;
    throw new InputError(`the layer ${shown(name)} is a user's own and has to be supplied`);
  },
};

/**
 * The layers of a file: `[{ "dense": { "units": 64, "activation": "relu" } }, { "dropout": { "rate": 0.1 } }, { "activation": "tanh" }]`.
 *
 * @throws InputError with the path of the layer (`layers[1].dropout`) for what is unknown or wrong.
 */
export function layersFromConfig(forms: readonly unknown[], parts: CustomParts = {}): Layer[] {
  const names = Object.keys(layersByName).filter(name => name !== 'custom');
  return forms.map((form, index) => {
    const path = `${parts.path ?? 'layers'}[${index}]`;
    const named = typeof form === 'object' ? namedForm(form) : undefined;
    if (named === undefined) {
      throw new InputError(`a layer must be an object with one of ${names.join(', ')}, got ${shown(form)}`, { path });
    }
    const { name, options } = named;
    if (!Object.hasOwn(layersByName, name)) {
      throw new InputError(`no layer "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}`, { path });
    }
    try {
      return layersByName[name]!(options, parts);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // The path names the layer already.
      throw new InputError(error.problem.replace(`${name}: `, ''), { path: `${path}.${name}` });
    }
  });
}

function supplied(form: Activation | CustomReference, parts: CustomParts): Activation {
  if (!isReference(form) || 'apply' in form) return form as Activation;
  const apply = parts.activation?.(form);
  if (apply === undefined) throw new InputError(`the activation "${form.use}" is a user's own and has to be supplied`);
  return { use: form.use, with: form.with, apply };
}

function objectOf<T extends object>(layer: string, example: string, options: unknown): T {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options as T;
  throw new InputError(`${layer} takes an object such as ${example}, got ${shown(options)}`);
}
