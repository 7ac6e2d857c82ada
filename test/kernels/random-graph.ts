import fc from 'fast-check';
import { differentiate } from '../../src/kernels/autodiff.js';
import { type Graph, type Node, type Shape, sizeOf } from '../../src/kernels/graph.js';
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

/** Ways of making a node from two others and the shape of the largest input; those whose shapes do not fit are passed over. */
const MAKERS: readonly ((a: Node, b: Node, shape: Shape) => Node)[] = [
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
  (a, _, [, columns]) => expand(a, [a.shape[0], columns]),
  (a, _, [rows]) => expand(a, [rows, a.shape[1]]),
  a => logSoftmax(a),
  a => pick(a, 0, a.shape[1] - 1),
  a => gather(a, constant(0, [a.shape[0], 1])),
  (a, _, [, columns]) => mul(oneHot(greater(pick(a, 0, 0), 0.1234), columns), a),
];

/** A graph and values for its inputs. */
export interface RandomGraph {
  readonly graph: Graph;
  readonly values: readonly (readonly number[])[];
}

/** Multiplications of a product that would take the reference long; such products are passed over. */
const LARGE = 1 << 22;

/**
 * Graphs of all ops, some with their gradients among the outputs: two inputs of `shape`, and a row, a column and a
 * number that fit them. `most`: outputs without the gradients.
 */
export const randomGraphOf = (shape: Shape, most = 3): fc.Arbitrary<RandomGraph> =>
  fc
    .record({
      steps: fc.array(fc.tuple(fc.nat(MAKERS.length - 1), fc.nat(3), fc.nat(20)), {
        minLength: 8,
        maxLength: 40,
        size: 'max',
      }),
      outputs: fc.array(fc.nat(20), { minLength: 1, maxLength: most }),
      seed: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 12, maxLength: 12 }),
      differentiated: fc.boolean(),
    })
    .map(({ steps, outputs, seed, differentiated }) => {
      const [rows, columns] = shape;
      const shapes: Shape[] = [shape, shape, [1, columns], [rows, 1], [1, 1]];
      const inputs = shapes.map(each => input(each));
      const nodes: Node[] = [...inputs];
      for (const [maker, a, b] of steps) {
        // The newest nodes first, so that chains grow long.
        const node = (back: number) => nodes[nodes.length - 1 - (back % nodes.length)]!;
        try {
          const made = MAKERS[maker]!(node(a), node(b), shape);
          if (workOf(made) <= LARGE) nodes.push(made);
        } catch {}
      }
      const chosen = outputs.map(back => nodes[nodes.length - 1 - (back % nodes.length)]!);
      const gradients = differentiated ? differentiate(sum(tanh(nodes.at(-1)!)), inputs) : [];
      const values = inputs.map((node, i) =>
        Array.from({ length: sizeOf(node.shape) }, (_, k) => seed[(k + 5 * i) % 12]! / 4 + apart(k)),
      );
      return { graph: { inputs, outputs: [...chosen, ...gradients] }, values };
    });

/** The same at one small shape. */
export const randomGraph = randomGraphOf([3, 4]);

const workOf = ({ op, shape, inputs }: Node): number =>
  op.kind === 'matmul' ? sizeOf(shape) * Math.max(...(inputs[0] as Node).shape) : sizeOf(shape);

/** A number below 0.12 that no other k has, so that a maximum is one element's. */
const apart = (k: number): number => (k < 12 ? 0.01 * k : 0.12 * ((k * 0.618_033_988_75) % 1));
