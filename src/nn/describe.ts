import { type Shape, sizeOf } from '../kernels/graph.js';
import type { Network } from './network.js';
import type { Plain } from './plain.js';

/** One layer as people want to see it. */
export interface LayerSummary {
  readonly index: number;
  readonly name: string;
  /** What was asked of it: `units 64, activation relu`; empty for a layer without a file form. */
  readonly detail: string;
  readonly outputs: number;
  readonly shapes: readonly Shape[];
  /** Trainable numbers. */
  readonly parameters: number;
}

/** A network as people want to see it. */
export interface NetworkSummary {
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
}

/** Trainable numbers of a network. */
export const parameterCount = (network: Network): number =>
  network.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** The layers with their widths and parameter counts; touches no device. */
export function describe(network: Network): NetworkSummary {
  let width = network.inputs;
  const layers = network.layers.map((layer, index): LayerSummary => {
    width = layer.outputs(width);
    const shapes = network.parameters.filter(parameter => parameter.layer === index).map(({ shape }) => shape);
    const parameters = shapes.reduce((total, shape) => total + sizeOf(shape), 0);
    return { index, name: layer.name, detail: detailOf(layer.config), outputs: width, shapes, parameters };
  });
  return { inputs: network.inputs, outputs: network.outputs, layers, parameters: parameterCount(network) };
}

function detailOf(config: Plain | undefined): string {
  if (typeof config !== 'object' || config === null) return '';
  const options = Object.values(config)[0];
  if (typeof options !== 'object' || options === null) return String(options);
  if ('use' in options) return String(options.use);
  return Object.entries(options)
    .map(([name, value]) => `${name} ${typeof value === 'object' && value !== null ? detailOf({ value }) : value}`)
    .join(', ');
}
