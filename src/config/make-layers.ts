import { InputError } from '../errors.js';
import type { ActivationFunction } from '../nn/activations.js';
import { layersFromConfig } from '../nn/layers/from-config.js';
import type { Layer } from '../nn/layers/layer.js';
import type { Reference } from './part-schemas.js';
import type { LayerForm, TrainingFile } from './training-schema.js';

/** More than any network that trains; a slip otherwise fills the memory. */
const MOST_LAYERS = 10_000;

/** Finds the function behind a reference to a user's own activation. */
export type FindActivation = (reference: Reference) => ActivationFunction;

/**
 * The layers of `model` and after them the output layer, a dense one of `outputs` units.
 *
 * @throws InputError with the path of the layer.
 */
export function makeLayers(model: TrainingFile['model'], outputs: number, activation: FindActivation): Layer[] {
  const made: Layer[] = [];
  const add = (form: object, path: string): void => {
    if (made.length >= MOST_LAYERS) {
      throw new InputError(`the network has more than ${MOST_LAYERS} layers`, { path: 'model.layers' });
    }
    try {
      made.push(...layersFromConfig([form], { activation: reference => activation(reference as Reference) }));
    } catch (error) {
      throw error instanceof InputError ? new InputError(error.problem, { file: error.place.file, path }) : error;
    }
  };
  const addAll = (forms: readonly LayerForm[], path: string): void => {
    for (const [index, { repeat = 1, layers, ...form }] of forms.entries()) {
      const place = `${path}[${index}]`;
      for (let i = 0; i < repeat; i++) {
        if (layers === undefined) add(form, `${place}.${Object.keys(form)[0]}`);
        else addAll(layers, `${place}.layers`);
      }
    }
  };
  addAll(model.layers, 'model.layers');
  add({ dense: { ...model.output, units: outputs } }, 'model.output');
  return made;
}
