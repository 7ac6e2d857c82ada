import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.js';
import type { Device } from '../kernels/device.js';
import { systemReason } from '../system-reason.js';
import { writeWhole } from '../write-whole.js';
import { type ActivationFunction, functionBehind } from './activations.js';
import { type CustomReference, isReference, layersFromConfig } from './layers/from-config.js';
import type { Layer } from './layers/layer.js';
import { lossFromConfig } from './losses/by-name.js';
import type { Loss } from './losses/loss.js';
import { FORMAT, type ModelData, type ModelHeader } from './model-header.js';
import { type Network, network } from './network.js';
import type { Plain } from './plain.js';

/** A trained network with what it takes to use it on raw rows. */
export interface Model {
  readonly network: Network;
  /** Its link turns the network's output into what people want to see. */
  readonly loss: Loss;
  /** Task, class names, column names and preprocessing; the training dataset will do. */
  readonly data: ModelData;
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}

/** Options of `loadModel`. */
export interface LoadOptions {
  /** Where the weights go; the default device unless stated. */
  readonly device?: Device | undefined;
  /** A user's own activations: by the name under which the model refers to them, or a function that finds them (imports a file, say). */
  readonly activations?:
    | Readonly<Record<string, ActivationFunction>>
    | ((reference: CustomReference) => ActivationFunction | Promise<ActivationFunction>)
    | undefined;
  /** A user's own layers and losses, by their names. */
  readonly layers?: Readonly<Record<string, Layer>> | undefined;
  readonly losses?: Readonly<Record<string, Loss>> | undefined;
}

// Cryptography takes a while to load, and most trainings end without a file.
const loadBytes = () => import('./model-bytes.js');

/**
 * Writes a model to one file of its own: a JSON header with everything but the weights, then the weights. The file
 * appears whole or not at all, with the permissions of the one that it replaces; a device or a pipe is written to. A user's own activation, layer or loss is stored by its name.
 *
 * @throws InputError when the file cannot be written, or two different parts would be stored by one name.
 */
export async function saveModel(path: string, { network, loss, data, metrics }: Model): Promise<void> {
  requireOwnNames(network.layers);
  const header: ModelHeader = {
    format: FORMAT,
    rxnn: packageVersion(),
    inputs: network.inputs,
    seed: network.seed,
    layers: network.layers.map(layer => layer.config ?? { custom: layer.name }),
    loss: loss.config ?? { custom: loss.name },
    data: {
      task: data.task,
      classes: data.classes,
      featureNames: data.featureNames,
      targetNames: data.targetNames,
      preprocessing: data.preprocessing,
    },
    // JSON has no NaN: a metric without a number is left out.
    metrics: metrics && Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))),
    parameters: network.parameters.map(({ name, shape }) => ({ name, shape, offset: 0 })),
  };
  const [weights, { encodeModel }] = await Promise.all([network.read(), loadBytes()]);
  const bytes = encodeModel(header, weights);
  await writeWhole(path, bytes).catch(({ cause }: Error) => {
    throw new InputError(`the model cannot be written (${systemReason(cause)})`, { file: path });
  });
}

/** Of two parts of one name, only one could be supplied on loading, and would serve for both. */
function requireOwnNames(layers: readonly Layer[]): void {
  const seen = new Map<string, { readonly part: unknown; readonly index: number }>();
  const differs = (key: string, part: unknown, index: number) => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, { part, index });
    return first !== undefined && first.part !== part ? first : undefined;
  };
  for (const [index, layer] of layers.entries()) {
    if (layer.config === undefined) {
      const first = differs(`layer ${layer.name}`, layer, index);
      if (first === undefined) continue;
      throw new InputError(
        `two different layers, layer ${first.index} and layer ${index}, would both be saved as "${layer.name}": give each a name of its own`,
      );
    }
    for (const reference of references(layer.config)) {
      const apply = functionBehind(reference);
      const first = apply && differs(`activation ${reference.use}`, apply, index);
      if (first === undefined) continue;
      throw new InputError(
        `two different activations, of layer ${first.index} and layer ${index}, would both be saved as ${JSON.stringify(reference)}: give each a name of its own, such as { use: "swish", apply: swish }`,
      );
    }
  }
}

/** The header of a model file, without making a network of it. */
export async function readModelHeader(path: string): Promise<ModelHeader> {
  return (await decodeFile(path)).header;
}

/**
 * Reads a model that `saveModel` wrote; it predicts the same to the bit on the same device.
 *
 * @throws InputError with the file's name when it is not there, not a model, damaged, or refers to a user's own part that
 * was not supplied.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const { header, weights } = await decodeFile(path);
  try {
    const activation = await suppliedActivations(header.layers, options.activations);
    const layers = layersFromConfig(header.layers, { activation, layers: options.layers });
    const loss = lossOf(header.loss, options.losses);
    const net = network(layers, { inputs: header.inputs, seed: header.seed, device: options.device });
    net.load(weights);
    return { network: net, loss, data: header.data, metrics: header.metrics };
  } catch (error) {
    throw error instanceof InputError ? error.at({ file: path }) : error;
  }
}

async function decodeFile(path: string) {
  const bytes = await readFile(path).catch(error => {
    throw new InputError(`the model cannot be read (${systemReason(error)})`, { file: path });
  });
  const { decodeModel } = await loadBytes();
  try {
    return decodeModel(bytes);
  } catch (error) {
    throw error instanceof InputError ? error.at({ file: path }) : error;
  }
}

/** Finds every activation that the layers refer to, so that building them needs no waiting. */
async function suppliedActivations(layers: readonly Plain[], given: LoadOptions['activations']) {
  const find = (reference: CustomReference) => {
    if (typeof given === 'function') return given(reference);
    return given !== undefined && Object.hasOwn(given, reference.use) ? given[reference.use] : undefined;
  };
  const found = new Map<string, ActivationFunction | undefined>();
  for (const reference of layers.flatMap(references)) {
    found.set(JSON.stringify(reference), await find(reference));
  }
  return (reference: CustomReference) => found.get(JSON.stringify(reference));
}

function references(form: Plain | undefined): CustomReference[] {
  if (isReference(form)) return [form];
  return typeof form === 'object' && form !== null ? Object.values(form).flatMap(references) : [];
}

function lossOf(form: Plain, losses: LoadOptions['losses'] = {}): Loss {
  const name = typeof form === 'object' && form !== null && 'custom' in form ? form.custom : undefined;
  if (typeof name !== 'string') return lossFromConfig(form);
  if (Object.hasOwn(losses, name)) return losses[name]!;
  throw new InputError(`the loss "${name}" is a user's own and has to be supplied`);
}

function packageVersion(): string {
  const about: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return about.version;
}
