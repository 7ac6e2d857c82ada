import type { Attributes, Node, Shape } from './graph.js';

/**
 * How a device computes an op.
 * - `leaf`: a value that is fed (`input`) or baked in (`constant`).
 * - `elementwise`: output [r, c] depends on element [r, c] of each operand, operands of 1 row or column being
 *   broadcast; `expression` gives the formula, so chains of them fuse into one kernel.
 * - `rows`: one kernel that takes whole rows; of a device's own making only.
 * - the others: one kernel each.
 */
export type OpKind = 'leaf' | 'elementwise' | 'matmul' | 'reduce' | 'transpose' | 'gather' | 'oneHot' | 'pick' | 'rows';

/** A matrix operation: a shape rule, a gradient in terms of other ops, and, for element-wise ops, a formula. */
export interface Op {
  readonly name: string;
  readonly kind: OpKind;
  /** The shape of the result; throws an `InputError` that names the op and the shapes when they do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /**
   * Reverse mode: from the gradient of the loss with respect to this node, that with respect to each input
   * (undefined where the op is flat or the input is an index). Shapes may still be broadcast: the caller sums them.
   */
  gradient?(node: Node, gradient: Node): readonly (Node | undefined)[];
  /**
   * Element-wise ops only: a JavaScript expression over the operands' expressions, in the subset that gpu.js compiles
   * (`+ - * /`, comparisons, `?:`, `Math.*`); operands arrive as literals in parentheses or as names and may be repeated.
   * Every sub-expression yields a number (comparisons are written `(a > b ? 1.0 : 0.0)`).
   */
  expression?(operands: readonly string[], attributes: Attributes): string;
  /** Element-wise ops only: the same function on numbers, exact in float64; the reference that devices are tested against. */
  evaluate?(operands: readonly number[], attributes: Attributes): number;
}
