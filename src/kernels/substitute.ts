import { InputError } from '../errors.js';
import { apply, type Node, sameShape, shapeText } from './graph.js';

/**
 * The outputs with some nodes replaced by others of the same shape; what is above a replaced node is rebuilt, all else
 * is shared. A replacement is taken as it is: nothing is replaced within it.
 *
 * @throws InputError when a replacement has another shape.
 */
export function substitute(outputs: readonly Node[], replacements: ReadonlyMap<Node, Node>): Node[] {
  for (const [node, replacement] of replacements) {
    if (sameShape(node.shape, replacement.shape)) continue;
    throw new InputError(
      `substitute: ${node.op.name} of shape ${shapeText(node.shape)} cannot be replaced by one of ${shapeText(replacement.shape)}`,
    );
  }
  const done = new Map<Node, Node>(replacements);
  const stack = [...outputs];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const waiting = done.has(node) ? [] : node.inputs.filter(input => !done.has(input));
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (done.has(node)) continue;
    const inputs = node.inputs.map(input => done.get(input) as Node);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    done.set(node, changed ? apply(node.op, inputs, node.attributes) : node);
  }
  return outputs.map(node => done.get(node) as Node);
}
