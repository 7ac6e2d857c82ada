import type { Node } from './graph.js';

/**
 * Every node that the outputs reach, each after its inputs; the order is a function of the graph alone.
 * What only `given` nodes reach is left out.
 */
export function inOrder(outputs: readonly Node[], given?: ReadonlySet<Node>): Node[] {
  const order: Node[] = [];
  const opened = new Set<Node>();
  const placed = new Set<Node>();
  // An explicit stack: a deep network must not overflow the call stack.
  const stack = [...outputs].reverse();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    if (opened.has(node)) {
      stack.pop();
      if (!placed.has(node)) {
        placed.add(node);
        order.push(node);
      }
      continue;
    }
    opened.add(node);
    if (given?.has(node)) continue;
    for (let i = node.inputs.length - 1; i >= 0; i--) {
      const input = node.inputs[i] as Node;
      if (!opened.has(input)) stack.push(input);
    }
  }
  return order;
}
