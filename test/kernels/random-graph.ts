import fc from 'fast-check';
import { differentiate } from '../../src/kernels/autodiff.js';
import type { Graph, Node } from '../../src/kernels/graph.js';
import { relu, sigmoid, softplus, tanh } from '../../src/kernels/ops/activations.js';
import { add, maximum, mul, neg, sub } from '../../src/kernels/ops/arithmetic.js';
import { greater, select } from '../../src/kernels/ops/comparison.js';
import { expand } from '../../src/kernels/ops/expand.js';
import { gather, oneHot } from '../../src/kernels/ops/gather.js';
import { constant, input } from '../../src/kernels/ops/leaves.js';
import { matmul } from '../../src/kernels/ops/matmul.js';
import { pick } from '../../src/kernels/ops/pick.js';
import { max, mean, sum } from '../../src/kernels/ops/reduce.js';
import { logSoftmax } from '../../src/kernels/ops/softmax.js';
import { transpose } from '../../src/kernels/ops/transpose.js';

/** Ways of making a node from two others; those whose shapes do not fit are passed over. */
const MAKERS: readonly ((a: Node, b: Node) => Node)[] = [
  (a, b) => add(a, b),
  (a, b) => sub(a, b),
  (a, b) => mul(tanh(a), b),
  (a, b) => maximum(a, b),
  (a, b) => select(greater(a, 0.1234), b, a),
  a => relu(a),
  a => tanh(a),
  a => sigmoid(a),
  a => softplus(a),
  a => neg(a),
  a => mul(a, 1),
  a => add(a, 0),
  a => mul(0.5, a),
  a => add(constant(2, a.shape), a),
  (a, b) => matmul(tanh(a), b),
  (a, b) => matmul(a, tanh(b), { transposeA: true }),
  (a, b) => matmul(a, b, { transposeB: true }),
  a => mean(a),
  a => mean(a, 0),
  a => mean(a, 1),
  a => sum(tanh(a)),
  a => sum(a, 0),
  a => sum(a, 1),
  a => max(a, 1),
  a => max(a),
  a => transpose(a),
  a => expand(a, [a.shape[0], 4]),
  a => expand(a, [3, a.shape[1]]),
  a => logSoftmax(a),
  a => pick(a, 0, a.shape[1] - 1),
  a => gather(a, constant(0, [a.shape[0], 1])),
  a => mul(oneHot(greater(pick(a, 0, 0), 0.1234), 4), a),
];

/** A graph of all ops with its gradients among the outputs, and values for its inputs. */
export const randomGraph: fc.Arbitrary<{ graph: Graph; values: number[][] }> = fc
  .record({
    steps: fc.array(fc.tuple(fc.nat(MAKERS.length - 1), fc.nat(3), fc.nat(20)), {
      minLength: 8,
      maxLength: 40,
      size: 'max',
    }),
    outputs: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
    seed: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 12, maxLength: 12 }),
    differentiated: fc.boolean(),
  })
  .map(({ steps, outputs, seed, differentiated }) => {
    const inputs = (
      [
        [3, 4],
        [3, 4],
        [1, 4],
        [3, 1],
        [1, 1],
      ] as const
    ).map(shape => input(shape));
    const nodes: Node[] = [...inputs];
    for (const [maker, a, b] of steps) {
      // The newest nodes first, so that chains grow long.
      const node = (back: number) => nodes[nodes.length - 1 - (back % nodes.length)]!;
      try {
        nodes.push(MAKERS[maker]!(node(a), node(b)));
      } catch {}
    }
    const chosen = outputs.map(back => nodes[nodes.length - 1 - (back % nodes.length)]!);
    const gradients = differentiated ? differentiate(sum(tanh(nodes.at(-1)!)), inputs) : [];
    const values = inputs.map(({ shape }, i) =>
      Array.from({ length: shape[0] * shape[1] }, (_, k) => seed[(k + 5 * i) % 12]! / 4 + 0.01 * k),
    );
    return { graph: { inputs, outputs: [...chosen, ...gradients] }, values };
  });
