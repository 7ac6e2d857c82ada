import { apply, type Node } from '../graph.js';
import type { Op } from '../op.js';
import { inOrder } from '../order.js';

/** log(eˣ / Σ eˣ) over each row, in one pass over each: what `logSoftmax` builds from five ops. */
export const LOG_SOFTMAX_ROWS: Op = { name: 'logSoftmaxRows', kind: 'rows', shape: ([x]) => x as Node['shape'] };

/** erfc(|x| / √2) from x alone. */
const NORMAL_TWO_TAILS: Op = { name: 'normalTwoTails', kind: 'elementwise', shape: ([x]) => x as Node['shape'] };

/** The outputs with this device's own ops in place of those that they are built from elsewhere. */
export function withOwnOps(outputs: readonly Node[]): Node[] {
  const done = new Map<Node, Node>();
  for (const node of inOrder(outputs)) {
    const x = logits(node);
    const [op, inputs] =
      x !== undefined
        ? [LOG_SOFTMAX_ROWS, [x]]
        : node.op.name === 'normalTwoTails'
          ? [NORMAL_TWO_TAILS, node.inputs.slice(0, 1)]
          : [node.op, node.inputs];
    const replaced = inputs.map(input => done.get(input) as Node);
    const changed = op !== node.op || replaced.some((input, i) => input !== inputs[i]);
    done.set(node, changed ? apply(op, replaced, op === node.op ? node.attributes : {}) : node);
  }
  return outputs.map(node => done.get(node) as Node);
}

/** What a node is the logarithm of the softmax of, if it is one. */
function logits({ op, inputs }: Node): Node | undefined {
  if (op.name !== 'logSoftmax') return undefined;
  const [x, largest, log] = inputs as readonly [Node, Node, Node];
  const shifted = through('exp', through('sum', through('log', log)));
  const [from, peak] = shifted?.op.name === 'sub' ? shifted.inputs : [];
  const same = from === x && peak === largest && through('max', largest) === x && largest.attributes.axis === 1;
  return same ? x : undefined;
}

/** The input of a node if it is made by this op. */
const through = (name: string, node: Node | undefined): Node | undefined =>
  node?.op.name === name ? node.inputs[0] : undefined;
