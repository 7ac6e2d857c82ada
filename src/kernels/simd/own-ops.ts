import { apply, type Node, sameShape } from '../graph.js';
import type { Op } from '../op.js';
import { inOrder } from '../order.js';

/** log(eˣ / Σ eˣ) over each row, in one pass over each: what `logSoftmax` builds from five ops. */
export const LOG_SOFTMAX_ROWS: Op = { name: 'logSoftmaxRows', kind: 'rows', shape: ([x]) => x as Node['shape'] };

/** erfc(|x| / √2) from x alone. */
const NORMAL_TWO_TAILS: Op = { name: 'normalTwoTails', kind: 'elementwise', shape: ([x]) => x as Node['shape'] };

/** (onehot(class) − eʸ) · s: what the logarithm y of a softmax passes down from one class of each row; y, classes, s [rows, 1] or [1, 1]. */
export const SOFTMAX_GRADIENT: Op = { name: 'softmaxGradient', kind: 'rows', shape: ([y]) => y as Node['shape'] };

/** The outputs with this device's own ops in place of those that they are built from elsewhere. */
export function withOwnOps(outputs: readonly Node[]): Node[] {
  const done = new Map<Node, Node>();
  for (const node of inOrder(outputs)) {
    const own = ownOp(node);
    const given = own === undefined ? node.inputs : own[1];
    let inputs = given;
    for (let i = 0; i < given.length; i++) {
      const input = done.get(given[i] as Node) as Node;
      if (input !== given[i]) inputs = inputs.with(i, input);
    }
    if (own !== undefined) done.set(node, apply(own[0], inputs));
    else done.set(node, inputs === given ? node : apply(node.op, inputs, node.attributes));
  }
  return outputs.map(node => done.get(node) as Node);
}

type OwnOp = readonly [op: Op, inputs: readonly Node[]];

function ownOp(node: Node): OwnOp | undefined {
  switch (node.op.name) {
    case 'normalTwoTails':
      return [NORMAL_TWO_TAILS, node.inputs.slice(0, 1)];
    case 'logSoftmax':
      return logSoftmaxRows(node);
    case 'sub':
      return softmaxGradient(node);
    default:
      return undefined;
  }
}

function logSoftmaxRows({ inputs }: Node): OwnOp | undefined {
  const [x, largest, log] = inputs as readonly [Node, Node, Node];
  const shifted = through('exp', through('sum', through('log', log)));
  const [from, peak] = shifted?.op.name === 'sub' ? shifted.inputs : [];
  const same = from === x && peak === largest && through('max', largest) === x && largest.attributes.axis === 1;
  return same ? [LOG_SOFTMAX_ROWS, [x]] : undefined;
}

/** g − eʸ · Σ g over each row, where g has one number a row. */
function softmaxGradient({ inputs }: Node): OwnOp | undefined {
  const g = inputs[0];
  const product = inputs[1];
  if (product?.op.name !== 'mul') return undefined;
  const [power, total] = product.inputs;
  const y = through('exp', power);
  if (y === undefined || total === undefined || through('sum', total) !== g || total.attributes.axis !== 1)
    return undefined;
  const [chosen, scale] = g?.op.name === 'mul' ? g.inputs : [];
  const classes = through('oneHot', chosen);
  if (classes === undefined || scale === undefined || scale.shape[1] !== 1) return undefined;
  const fits = sameShape(chosen?.shape ?? [0, 0], y.shape) && (scale.shape[0] === 1 || scale.shape[0] === y.shape[0]);
  return fits ? [SOFTMAX_GRADIENT, [y, classes, scale]] : undefined;
}

/** The input of a node if it is made by this op. */
const through = (name: string, node: Node | undefined): Node | undefined =>
  node?.op.name === name ? node.inputs[0] : undefined;
