import type { Device, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import { sizeOf } from '../kernels/graph.js';
import { add, square } from '../kernels/ops/arithmetic.js';
import { sum } from '../kernels/ops/reduce.js';
import type { Resources } from './resources.js';

/** How large the numbers of one layer are. */
export interface LayerNorm {
  /** Layer index from 0, and the layer's name. */
  readonly layer: number;
  readonly layerName: string;
  /** The Euclidean norm √Σv² of all the layer's numbers together; NaN or Infinity if one of them is. */
  readonly norm: number;
  /** The root mean square √(Σv² / n), which does not grow with the layer's width. */
  readonly rms: number;
}

/** The matrices of one layer. */
export interface LayerValues {
  readonly layer: number;
  readonly layerName: string;
  readonly nodes: readonly Node[];
}

/**
 * Compiles a program for the norms of layers, whose values are nodes over `inputs`. Calling it runs the program at
 * once and reads the norms back when it is done.
 */
export function compileNorms(
  device: Device,
  inputs: readonly Node[],
  layers: readonly LayerValues[],
  resources: Resources,
): (inputs: readonly Tensor[]) => Promise<readonly LayerNorm[]> {
  const outputs = layers.map(({ nodes }) => nodes.map(node => sum(square(node))).reduce((a, b) => add(a, b)));
  const counts = layers.map(({ nodes }) => nodes.reduce((n, node) => n + sizeOf(node.shape), 0));
  const program = resources.own(device.compile({ inputs, outputs }));
  return values => {
    const sums = program.run(values);
    const read = Promise.all(sums.map(total => total.read()));
    for (const total of sums) total.dispose();
    return read.then(totals =>
      layers.map(({ layer, layerName }, i) => {
        const total = totals[i]?.[0] ?? Number.NaN;
        return { layer, layerName, norm: Math.sqrt(total), rms: Math.sqrt(total / (counts[i] as number)) };
      }),
    );
  };
}
