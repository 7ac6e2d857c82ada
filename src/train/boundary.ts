import type { Node } from '../kernels/graph.js';

/** Every node that `outputs` reach, themselves included. */
export function reached(outputs: readonly Node[]): Set<Node> {
  const found = new Set<Node>(outputs);
  for (const node of found) for (const input of node.inputs) found.add(input);
  return found;
}

/** The computed nodes of `below` (no leaves) that `outputs` read directly: what must be kept to compute them later. */
export function boundary(outputs: readonly Node[], below: ReadonlySet<Node>): Node[] {
  const visited = new Set<Node>();
  const kept: Node[] = [];
  for (const output of outputs) visited.add(output);
  for (const node of visited) {
    if (below.has(node)) {
      if (node.inputs.length > 0) kept.push(node);
    } else {
      for (const input of node.inputs) visited.add(input);
    }
  }
  return kept;
}
