import type { LayerNorm } from './layer-norms.js';
import type { LayerNorms } from './report.js';

/** The norms of one step: of the gradients of the layers that have parameters, and of the outputs of all layers. */
export interface LayerLook {
  readonly gradients: readonly LayerNorm[];
  readonly activations: readonly LayerNorm[];
}

/** As many digits as a page can show; a journal has them for every epoch. */
const DIGITS = 4;

/** A look as reports have it, of the layers that have parameters. */
export function layerNorms({ gradients, activations }: LayerLook): LayerNorms {
  const outputs = new Map(activations.map(({ layer, rms }) => [layer, rms]));
  return {
    layers: gradients.map(({ layer, layerName }) => `${layer} ${layerName}`),
    gradients: gradients.map(({ rms }) => rounded(rms)),
    activations: gradients.map(({ layer }) => rounded(outputs.get(layer) ?? Number.NaN)),
  };
}

/**
 * The norms of several networks of the same layers, such as those of folds, taken together: the root of the mean of their squares; null where
 * one of them is. Undefined if there is none, or one has other layers.
 */
export function joinNorms(networks: readonly LayerNorms[]): LayerNorms | undefined {
  const [first] = networks;
  if (first === undefined) return undefined;
  if (networks.some(({ layers }) => layers.join() !== first.layers.join())) return undefined;
  const together = (of: 'gradients' | 'activations') =>
    first.layers.map((_, i) => {
      const squares = networks.reduce((sum, norms) => sum + (norms[of][i] ?? Number.NaN) ** 2, 0);
      return rounded(Math.sqrt(squares / networks.length));
    });
  return { layers: first.layers, gradients: together('gradients'), activations: together('activations') };
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}
