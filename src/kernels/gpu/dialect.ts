import { shapeText } from '../graph.js';
import type { PlanStep } from '../plan.js';

/** How a mode likes its kernels. */
export interface Dialect {
  /**
   * `flat`: one output dimension always (`cpu`, whose two-dimensional results are rows of separate buffers).
   * `grid`: two dimensions where rows and columns are told apart, so that row reads are uniform over a vector lane.
   * `matrix`: two dimensions always (`webgl2`, whose kernels do not take textures of one and of two in turn).
   */
  readonly layout: 'flat' | 'grid' | 'matrix';
  /** True where sums run in float64; float32 sums are blocked to keep their rounding error small. */
  readonly exactSums: boolean;
  /** True where matrix products are computed in tiles of four elements that share what they read. */
  readonly tiles: boolean;
  /** Terms of a sum that are written out in one turn of its loop; a multiple of 4. */
  readonly unroll: number;
}

/** A kernel as text: a function of the flat operands that yields one element of the result. */
export interface KernelSource {
  readonly source: string;
  /** gpu.js's output dimensions, columns first. */
  readonly output: readonly number[];
  /** For people: `matmul [32, 64]`. */
  readonly label: string;
  /** Set where a call yields several elements, in an order of their own. */
  readonly tile?: Tile;
}

/**
 * A result of four elements a call. `across: 'rows'` makes them four rows of one column, so that the calls of a vector
 * instruction are four neighbouring columns; `'columns'` the other way round. The result lies tile after tile, a tile's four
 * elements together; those beyond the last row or column are to be dropped.
 */
export interface Tile {
  readonly across: 'rows' | 'columns';
  readonly rows: number;
  readonly columns: number;
}

/** For people: `matmul [32, 64]`. */
export const labelOf = ({ root }: PlanStep): string => `${root.op.name} ${shapeText(root.shape)}`;

/** The function that gpu.js compiles. */
export function functionText({ operands }: PlanStep, lines: readonly string[]): string {
  return `function kernel(${operands.map((_, index) => `a${index}`).join(', ')}) {\n${lines.join('\n')}\n}`;
}
