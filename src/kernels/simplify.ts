import { type Attributes, apply, NO_ATTRIBUTES, type Node, type Shape, sameShape, shapesOf } from './graph.js';
import type { Op } from './op.js';
import { ADD, DIV, MUL, SUB } from './ops/arithmetic.js';
import { SELECT } from './ops/comparison.js';
import { broadcastShape } from './ops/elementwise.js';
import { EXPAND } from './ops/expand.js';
import { CONSTANT, INPUT } from './ops/leaves.js';
import { inOrder } from './order.js';

/** `same`: a node that applies just this op to just these inputs, if there is one. */
type Make = (op: Op, inputs: readonly Node[], attributes: Attributes, same?: Node) => Node;

/** Three numbers below this make one that is exact. */
const MOST_IDS = 2 ** 17;

/** Ops whose operands may change places, which the float sum and product bear to the bit. */
const COMMUTATIVE = new Set(['add', 'mul', 'maximum', 'minimum', 'equal']);

/**
 * The same values from fewer nodes: equal nodes merged, constants folded, reductions of everything split into rows then
 * columns, and repetitions dropped where the consumer repeats anyway. Input leaves stay what they are.
 */
export function simplify(outputs: readonly Node[]): Node[] {
  const order = inOrder(outputs);
  // A node becomes a few at most.
  const isSmall = order.length < MOST_IDS / 16;
  const known = new Map<string | number, Node>();
  const ids = new Map<Node | Op, number>();
  const id = (item: Node | Op): number => {
    const known = ids.get(item);
    if (known !== undefined) return known;
    ids.set(item, ids.size + 1);
    return ids.size;
  };
  const keyOf = (op: Op, inputs: readonly Node[], attributes: Attributes): string | number => {
    // Written for few inputs and attributes: this is most of what compiling takes.
    const count = inputs.length;
    let first = count === 0 ? 0 : id(inputs[0] as Node);
    let second = count < 2 ? 0 : id(inputs[1] as Node);
    if (count === 2 && second < first && COMMUTATIVE.has(op.name)) [first, second] = [second, first];
    const text = textOf(attributes);
    if (text === '' && count < 3 && isSmall) return (id(op) * MOST_IDS + first) * MOST_IDS + second;
    let key = `${id(op)},${first},${second}`;
    for (let i = 2; i < count; i++) key += `,${id(inputs[i] as Node)}`;
    return `${key} ${text}`;
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
  for (const node of order) {
    if (node.op === INPUT) {
      simple.set(node, node);
      continue;
    }
    let inputs = node.inputs;
    for (let i = 0; i < inputs.length; i++) {
      const input = simple.get(node.inputs[i] as Node) as Node;
      if (input !== inputs[i]) inputs = inputs.with(i, input);
    }
    simple.set(node, make(node.op, inputs, node.attributes, inputs === node.inputs ? node : undefined));
  }
  return outputs.map(node => simple.get(node) as Node);
}

/** Equal for equal attributes, whatever order they are stated in. */
function textOf(attributes: Attributes): string {
  if (attributes === NO_ATTRIBUTES) return '';
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
  let constants = 0;
  let repetitions = 0;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as Node;
    if (input.op === CONSTANT) constants++;
    else if (input.op === EXPAND) repetitions++;
  }
  // Most have neither.
  if (constants === 0 && repetitions === 0 && op !== EXPAND) return undefined;
  const shape = same?.shape ?? op.shape(shapesOf(inputs), attributes);
  if (constants === inputs.length) {
    const value = op.evaluate?.(inputs.map(constantValue) as number[], attributes);
    if (value !== undefined && Number.isFinite(Math.fround(value))) return makeConstant(make, value, shape);
  }
  const a = inputs[0] as Node;
  const b = inputs[1] as Node;
  const repeated = (x: Node) =>
    sameShape(x.shape, shape) ? x : make(EXPAND, [x], { rows: shape[0], columns: shape[1] });
  if (op === EXPAND) {
    if (sameShape(a.shape, shape)) return a;
    return a.op === EXPAND ? repeated(a.inputs[0] as Node) : undefined;
  }
  if (constants > 0) {
    const first = constantValue(a);
    const second = b === undefined ? undefined : constantValue(b);
    if ((op === MUL || op === DIV) && second === 1) return repeated(a);
    if (op === MUL && first === 1) return repeated(b);
    if ((op === ADD || op === SUB) && second === 0) return repeated(a);
    if (op === ADD && first === 0) return repeated(b);
    if (op === SELECT && first !== undefined) return repeated(inputs[first !== 0 ? 1 : 2] as Node);
  }
  return repetitions > 0 ? withoutRepetition(op, inputs, attributes, shape, make) : undefined;
}

/** Drops `expand` from an operand when the others still make up the shape. */
function withoutRepetition(op: Op, inputs: readonly Node[], attributes: Attributes, shape: Shape, make: Make) {
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as Node;
    if (input.op !== EXPAND) continue;
    const shorter = inputs.with(i, input.inputs[0] as Node);
    if (sameShape(broadcastShape(op.name, shapesOf(shorter)), shape)) return make(op, shorter, attributes);
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
