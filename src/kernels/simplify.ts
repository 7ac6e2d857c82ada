import { type Attributes, apply, type Node, type Shape, sameShape } from './graph.js';
import type { Op } from './op.js';
import { ADD, DIV, MUL, SUB } from './ops/arithmetic.js';
import { SELECT } from './ops/comparison.js';
import { broadcastShape } from './ops/elementwise.js';
import { EXPAND } from './ops/expand.js';
import { CONSTANT, INPUT } from './ops/leaves.js';
import { inOrder } from './order.js';

/** `same`: a node that applies just this op to just these inputs, if there is one. */
type Make = (op: Op, inputs: readonly Node[], attributes: Attributes, same?: Node) => Node;

/** Ops whose operands may change places, which the float sum and product bear to the bit. */
const COMMUTATIVE = new Set(['add', 'mul', 'maximum', 'minimum', 'equal']);

/**
 * The same values from fewer nodes: equal nodes merged, constants folded, reductions of everything split into rows then
 * columns, and repetitions dropped where the consumer repeats anyway. Input leaves stay what they are.
 */
export function simplify(outputs: readonly Node[]): Node[] {
  const known = new Map<string, Node>();
  const ids = new Map<Node | Op, number>();
  const id = (item: Node | Op): number => {
    const known = ids.get(item);
    if (known !== undefined) return known;
    ids.set(item, ids.size);
    return ids.size - 1;
  };
  const keyOf = (op: Op, inputs: readonly Node[], attributes: Attributes): string => {
    // Written for few inputs and attributes: this is most of what compiling takes.
    const [a, b] = inputs;
    let key = `${id(op)}`;
    if (a !== undefined && b !== undefined && inputs.length === 2) {
      const [first, second] = [id(a), id(b)];
      const swapped = second < first && COMMUTATIVE.has(op.name);
      key += swapped ? `,${second},${first}` : `,${first},${second}`;
    } else {
      for (const input of inputs) key += `,${id(input)}`;
    }
    return `${key} ${textOf(attributes)}`;
  };

  const make: Make = (op, inputs, attributes, same) => {
    const simpler = rewrite(op, inputs, attributes, make, same);
    if (simpler !== undefined) return simpler;
    const key = keyOf(op, inputs, attributes);
    let node = known.get(key);
    if (node === undefined) {
      node = same ?? apply(op, inputs, attributes);
      known.set(key, node);
    }
    return node;
  };

  const simple = new Map<Node, Node>();
  for (const node of inOrder(outputs)) {
    const inputs = node.inputs.map(input => simple.get(input) as Node);
    const same = inputs.every((input, i) => input === node.inputs[i]) ? node : undefined;
    simple.set(node, node.op === INPUT ? node : make(node.op, inputs, node.attributes, same));
  }
  return outputs.map(node => simple.get(node) as Node);
}

/** Equal for equal attributes, whatever order they are stated in. */
function textOf(attributes: Attributes): string {
  const names = Object.keys(attributes);
  if (names.length > 1) names.sort();
  let text = '';
  for (const name of names) text += `${name}=${Object.is(attributes[name], -0) ? '-0' : attributes[name]} `;
  return text;
}

/** What an op on simple inputs comes to, if that is simpler. */
function rewrite(
  op: Op,
  inputs: readonly Node[],
  attributes: Attributes,
  make: Make,
  same: Node | undefined,
): Node | undefined {
  if (op.kind === 'reduce') return rewriteReduce(op, inputs[0] as Node, attributes, make);
  if (op.kind !== 'elementwise') return undefined;
  const shape =
    same?.shape ??
    op.shape(
      inputs.map(input => input.shape),
      attributes,
    );
  const values = inputs.map(constantValue);
  if (values.every(value => value !== undefined)) {
    const value = op.evaluate?.(values, attributes);
    if (value !== undefined && Number.isFinite(Math.fround(value))) return makeConstant(make, value, shape);
  }
  const [a, b] = inputs as readonly [Node, Node];
  const repeated = (x: Node) =>
    sameShape(x.shape, shape) ? x : make(EXPAND, [x], { rows: shape[0], columns: shape[1] });
  if (op === EXPAND) {
    if (sameShape(a.shape, shape)) return a;
    return a.op === EXPAND ? repeated(a.inputs[0] as Node) : undefined;
  }
  if ((op === MUL && values[1] === 1) || (op === DIV && values[1] === 1)) return repeated(a);
  if (op === MUL && values[0] === 1) return repeated(b);
  if ((op === ADD || op === SUB) && values[1] === 0) return repeated(a);
  if (op === ADD && values[0] === 0) return repeated(b);
  if (op === SELECT && values[0] !== undefined) return repeated(inputs[values[0] !== 0 ? 1 : 2] as Node);
  return withoutRepetition(op, inputs, attributes, shape, make);
}

/** Drops `expand` from an operand when the others still make up the shape. */
function withoutRepetition(op: Op, inputs: readonly Node[], attributes: Attributes, shape: Shape, make: Make) {
  for (const [i, input] of inputs.entries()) {
    if (input.op !== EXPAND) continue;
    const shorter = inputs.with(i, input.inputs[0] as Node);
    const shapes = shorter.map(node => node.shape);
    if (sameShape(broadcastShape(op.name, shapes), shape)) return make(op, shorter, attributes);
  }
  return undefined;
}

function rewriteReduce(op: Op, x: Node, attributes: Attributes, make: Make): Node | undefined {
  const [rows, columns] = x.shape;
  const axis = attributes.axis as 0 | 1 | undefined;
  if (axis === undefined) return make(op, [make(op, [x], { axis: 1 })], { axis: 0 });
  const count = axis === 0 ? rows : columns;
  if (count === 1) return x;
  const reducedShape: Shape = axis === 0 ? [1, columns] : [rows, 1];
  const value = constantValue(x);
  const total = value !== undefined && op.name === 'sum' ? value * count : value;
  if (total !== undefined && Number.isFinite(Math.fround(total))) return makeConstant(make, total, reducedShape);
  if (x.op !== EXPAND) return undefined;
  const source = x.inputs[0] as Node;
  if (source.shape[axis] !== 1) return undefined;
  const one = make(EXPAND, [source], { rows: reducedShape[0], columns: reducedShape[1] });
  return op.name === 'sum' ? make(MUL, [one, makeConstant(make, count, [1, 1])], {}) : one;
}

const constantValue = (node: Node): number | undefined =>
  node.op === CONSTANT ? Number(node.attributes.value) : undefined;

const makeConstant = (make: Make, value: number, [rows, columns]: Shape): Node =>
  make(CONSTANT, [], { value, rows, columns });
