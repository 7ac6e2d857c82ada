import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Device } from '../kernels/device.js';
import type { ActivationFunction } from '../nn/activations.js';
import type { CustomReference } from '../nn/layers/from-config.js';
import { loadModel, type Model, saveModel } from '../nn/model-file.js';
import { importModules } from './custom-modules.js';
import { movedReferences, mover } from './moved-paths.js';
import type { Reference } from './part-schemas.js';

/**
 * Saves a model whose layers may use a user's own parts; where those are is stored relative to the model file.
 *
 * @param from the training file, to which the paths in the layers are relative
 */
export async function saveModelWithParts(path: string, model: Model, from: string): Promise<void> {
  const moved = mover(from, path);
  const { network } = model;
  const layers = network.layers.map(layer =>
    layer.config === undefined ? layer : { ...layer, config: movedReferences(layer.config, moved) },
  );
  // Not a copy of the network, whose device is opened when it is asked for.
  await saveModel(path, { ...model, network: Object.create(network, { layers: { value: layers } }) });
}

/**
 * Loads a model and imports the parts of a user's own that it refers to, see `importActivation`.
 *
 * @throws InputError with the model's name when it or one of its parts is not there or not what it should be.
 */
export function loadModelWithParts(
  path: string,
  { device }: { readonly device?: Device | undefined } = {},
): Promise<Model> {
  return loadModel(path, { device, activations: importActivation(path) });
}

/** Imports the activations that a model refers to: from where they were, or from the model's own folder if they moved with it. */
export function importActivation(model: string): (reference: CustomReference) => Promise<ActivationFunction> {
  return async found => {
    const beside = `./${basename(found.use)}`;
    const folder = dirname(model);
    const isThere = existsSync(resolve(folder, found.use)) || !existsSync(resolve(folder, beside));
    const reference = { ...found, use: isThere ? found.use : beside } as Reference;
    const custom = await importModules(model, [{ reference, path: 'layers' }]);
    return custom.activation(reference);
  };
}
