import { InputError } from '../errors.js';
import { type Node, sameShape, shapeText } from './graph.js';
import { add } from './ops/arithmetic.js';
import { expand } from './ops/expand.js';
import { constant } from './ops/leaves.js';
import { sum } from './ops/reduce.js';
import { inOrder } from './order.js';

/**
 * The gradients of `output` with respect to each of `wrt`, as nodes of the same shapes, by reverse mode; zeros where
 * the output does not depend on it. `cotangent`, of the output's shape, is what the output's own gradient is: ones for
 * a [1, 1] output unless stated. What it returns can be differentiated again.
 *
 * @throws InputError for an output that is not [1, 1] without a cotangent, or a cotangent of another shape.
 */
export function differentiate(output: Node, wrt: readonly Node[], cotangent?: Node): Node[] {
  const order = inOrder([output]);
  const targets = new Set(wrt);
  const active = new Set<Node>();
  for (const node of order) {
    if (targets.has(node) || node.inputs.some(input => active.has(input))) active.add(node);
  }
  const gradients = new Map<Node, Node>([[output, seed(output, cotangent)]]);
  for (const node of order.reverse()) {
    const gradient = gradients.get(node);
    if (gradient === undefined || !active.has(node)) continue;
    const parts = node.op.gradient?.(node, gradient) ?? [];
    for (const [i, input] of node.inputs.entries()) {
      const part = parts[i];
      if (part === undefined || !active.has(input)) continue;
      const known = gradients.get(input);
      const fitted = shapedLike(input, part);
      gradients.set(input, known === undefined ? fitted : add(known, fitted));
    }
  }
  return wrt.map(node => gradients.get(node) ?? constant(0, node.shape));
}

function seed(output: Node, cotangent: Node | undefined): Node {
  if (cotangent === undefined) {
    if (sameShape(output.shape, [1, 1])) return constant(1);
    throw new InputError(
      `differentiate: an output of shape ${shapeText(output.shape)} needs a cotangent; only [1, 1] has one by default`,
    );
  }
  if (sameShape(output.shape, cotangent.shape)) return cotangent;
  throw new InputError(
    `differentiate: the cotangent must have the output's shape ${shapeText(output.shape)}, got ${shapeText(cotangent.shape)}`,
  );
}

/** Sums a gradient over the sides along which its input was repeated, and repeats one along those that were reduced. */
function shapedLike({ shape }: Node, gradient: Node): Node {
  let fitted = gradient;
  if (shape[1] === 1 && fitted.shape[1] > 1) fitted = sum(fitted, 1);
  if (shape[0] === 1 && fitted.shape[0] > 1) fitted = sum(fitted, 0);
  return expand(fitted, shape);
}
