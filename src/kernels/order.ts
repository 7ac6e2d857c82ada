import type { Node } from './graph.js';

/**
 * Every node that the outputs reach, each after its inputs; the order is a function of the graph alone.
 * What only `given` nodes reach is left out.
 */
export function inOrder(outputs: readonly Node[], given?: ReadonlySet<Node>): Node[] {
  const order: Node[] = [];
  const opened = new Set<Node>();
  // Explicit stacks: a deep network must not overflow the call stack.
  const path: Node[] = [];
  const next: number[] = [];
  const open = (node: Node) => {
    if (opened.has(node)) return;
    opened.add(node);
    path.push(node);
    next.push(given?.has(node) ? node.inputs.length : 0);
  };
  for (const output of outputs) {
    open(output);
    while (path.length > 0) {
      const top = path.length - 1;
      const node = path[top] as Node;
      const at = next[top] as number;
      if (at < node.inputs.length) {
        next[top] = at + 1;
        open(node.inputs[at] as Node);
      } else {
        path.pop();
        next.pop();
        order.push(node);
      }
    }
  }
  return order;
}
