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
 * one of them is. Undefined if one has none, or other layers.
 */
export function joinNorms(networks: readonly (LayerNorms | undefined)[]): LayerNorms | undefined {
  const [first] = networks;
  if (first === undefined) return undefined;
  const all: LayerNorms[] = [];
  for (const norms of networks) {
    if (norms === undefined || norms.layers.join() !== first.layers.join()) return undefined;
    all.push(norms);
  }
  const together = (of: 'gradients' | 'activations') =>
    first.layers.map((_, i) => {
      const squares = all.reduce((sum, norms) => sum + (norms[of][i] ?? Number.NaN) ** 2, 0);
      return rounded(Math.sqrt(squares / all.length));
    });
  return { layers: first.layers, gradients: together('gradients'), activations: together('activations') };
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}
