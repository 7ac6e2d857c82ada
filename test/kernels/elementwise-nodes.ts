import type { Node } from '../../src/kernels/graph.js';
import { inOrder } from '../../src/kernels/order.js';
import { forwardGraph, gradientGraph, OP_CASES } from './op-cases.js';

/** Every element-wise node that the table of cases makes, one for each op and set of attributes. */
export function elementwiseNodes(): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const opCase of OP_CASES) {
    for (const node of inOrder([...forwardGraph(opCase).outputs, ...gradientGraph(opCase).outputs])) {
      const { rows, columns, ...attributes } = node.attributes;
      if (node.op.kind === 'elementwise') nodes.set(`${node.op.name} ${JSON.stringify(attributes)}`, node);
    }
  }
  return nodes;
}
