import type { Dataset } from '../data/dataset.js';
import type { Shape } from '../kernels/graph.js';
import type { Plain } from './plain.js';

/** The version of the file format, raised when an older reader could not read the file. */
export const FORMAT = 1;

/** What a model has to know of the data that it was trained on; a dataset is such an object. */
export type ModelData = Pick<Dataset, 'task' | 'classes' | 'featureNames' | 'targetNames' | 'preprocessing'>;

/** Everything in a model file but the weights; plain JSON. */
export interface ModelHeader {
  readonly format: number;
  /** The version of rxnn that wrote it. */
  readonly rxnn: string;
  readonly inputs: number;
  readonly seed: number;
  readonly layers: readonly Plain[];
  readonly loss: Plain;
  readonly data: ModelData;
  /** The last or best metrics, `valLoss` and so on, if they were stated. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  /** Where the weights are: offsets in bytes from the end of the header. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape; readonly offset: number }[];
}
