import type { Shape } from '../kernels/graph.js';
import type { Random } from '../random.js';

/** Fills a parameter of shape [fanIn, fanOut] with starting values. */
export interface Initializer {
  readonly name: string;
  fill(shape: Shape, random: Random): Float32Array;
}
