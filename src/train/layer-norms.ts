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

/** A program for the norms of layers. Both run it at once, on one tensor for each of its inputs. */
export interface Norms {
  /** Reads the norms back when they are there. */
  read(inputs: readonly Tensor[]): Promise<readonly LayerNorm[]>;
  /** Has them at once; throws a `DeviceError` on a device that is not synchronous. */
  readSync(inputs: readonly Tensor[]): readonly LayerNorm[];
}

/** Compiles a program for the norms of layers, whose values are nodes over `inputs`. */
export function compileNorms(
  device: Device,
  inputs: readonly Node[],
  layers: readonly LayerValues[],
  resources: Resources,
): Norms {
  const outputs = layers.map(({ nodes }) => nodes.map(node => sum(square(node))).reduce((a, b) => add(a, b)));
  const counts = layers.map(({ nodes }) => nodes.reduce((n, node) => n + sizeOf(node.shape), 0));
  const program = resources.own(device.compile({ inputs, outputs }));
  const normOf = (total: number, i: number): LayerNorm => {
    const { layer, layerName } = layers[i] as LayerValues;
    return { layer, layerName, norm: Math.sqrt(total), rms: Math.sqrt(total / (counts[i] as number)) };
  };
  return {
    read(values) {
      const sums = program.run(values);
      const read = Promise.all(sums.map(total => total.read()));
      for (const total of sums) total.dispose();
      return read.then(totals => totals.map(([total], i) => normOf(total as number, i)));
    },
    readSync(values) {
      const sums = program.run(values);
      try {
        return sums.map((total, i) => normOf(total.readSync()[0] as number, i));
      } finally {
        for (const total of sums) total.dispose();
      }
    },
  };
}
