import type { Graph, Node } from '../../src/kernels/graph.js';
import { sizeOf } from '../../src/kernels/graph.js';
import { inOrder } from '../../src/kernels/order.js';

type Values = Float64Array | Float32Array | readonly number[];

/**
 * The outputs of a graph in float64, node by node, as written: no plan, no fusion. The oracle of every device.
 * values: one for each of `graph.inputs`, row by row; an input may be any node, whose own inputs are then not looked at.
 */
export function evaluate(graph: Graph, values: readonly Values[]): Float64Array[] {
  const known = new Map<Node, Float64Array>(graph.inputs.map((node, i) => [node, Float64Array.from(values[i]!)]));
  for (const node of inOrder(graph.outputs, new Set(graph.inputs))) {
    if (known.has(node)) continue;
    known.set(
      node,
      evaluateNode(
        node,
        node.inputs.map(input => known.get(input)!),
      ),
    );
  }
  return graph.outputs.map(node => known.get(node)!);
}

/** One op on the values of its inputs. */
export function evaluateNode(node: Node, inputs: readonly Float64Array[]): Float64Array {
  const { op, attributes } = node;
  const [rows, columns] = node.shape;
  const at = (input: number, r: number, c: number) => {
    const [height, width] = node.inputs[input]!.shape;
    return inputs[input]![(height === 1 ? 0 : r) * width + (width === 1 ? 0 : c)]!;
  };
  const fill = (element: (r: number, c: number) => number) =>
    Float64Array.from({ length: sizeOf(node.shape) }, (_, i) => element(Math.floor(i / columns), i % columns));

  switch (op.kind) {
    case 'leaf':
      if (op.name === 'constant') return new Float64Array(rows * columns).fill(Number(attributes.value));
      throw new Error(`no value was given for an input of shape [${node.shape}]`);
    case 'elementwise':
      return fill((r, c) =>
        op.evaluate!(
          inputs.map((_, i) => at(i, r, c)),
          attributes,
        ),
      );
    case 'matmul': {
      const inner = node.inputs[0]!.shape[attributes.transposeA ? 0 : 1];
      return fill((r, c) => {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total +=
            (attributes.transposeA ? at(0, k, r) : at(0, r, k)) * (attributes.transposeB ? at(1, c, k) : at(1, k, c));
        }
        return total;
      });
    }
    case 'reduce': {
      const [height, width] = node.inputs[0]!.shape;
      return fill((row, column) => {
        const values: number[] = [];
        for (let r = 0; r < (attributes.axis === 1 ? 1 : height); r++) {
          for (let c = 0; c < (attributes.axis === 0 ? 1 : width); c++) {
            values.push(at(0, attributes.axis === 1 ? row : r, attributes.axis === 0 ? column : c));
          }
        }
        if (op.name === 'max') return values.reduce((a, b) => Math.max(a, b));
        const total = values.reduce((a, b) => a + b);
        return op.name === 'mean' ? total / values.length : total;
      });
    }
    case 'transpose':
      return fill((r, c) => at(0, c, r));
    case 'gather':
      return fill(r => at(0, r, at(1, r, 0)));
    case 'oneHot':
      return fill((r, c) => (at(0, r, 0) === c ? 1 : 0));
    case 'pick':
      return fill(() => at(0, Number(attributes.row), Number(attributes.column)));
    case 'rows':
      throw new Error(`${op.name} is a device's own: the reference takes the graph as it was written`);
  }
}
