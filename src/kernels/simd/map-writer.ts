import { DeviceError } from '../../errors.js';
import { type Node, type Shape, sameShape, shapeText, sizeOf } from '../graph.js';
import { CODES, parameterOf } from './codes.js';
import { Code } from './opcodes.js';

/** Where a number or a block of them stands: a value that needs a register, a matrix of the table, a slot of one number. */
export type Operand = { readonly value: number } | { readonly matrix: number } | { readonly slot: number };

/** How many rows or columns a matrix has. */
export interface Side {
  readonly side: number;
}

/** An op of a MAP or REDUCE before registers and addresses are known; plain numbers stand as they are. */
export interface SymbolicOp {
  readonly code: Code;
  readonly to: Operand;
  readonly operands: readonly (Operand | Side | number)[];
}

/** What a program has room for beside its instructions. */
export interface Storage {
  /** The table index of a node that stands in memory: an input, the root of a step before, a constant that is made a matrix. */
  matrixOf(node: Node): number | undefined;
  /** The same for a node that must stand in memory. */
  requireMatrix(node: Node): number;
  /** A slot that holds a number from the beginning. */
  constant(value: number): Operand;
  /** A slot for a number that is computed. */
  slot(): Operand;
  /** How many nodes read a node. */
  uses(node: Node): number;
  /** Tells that a matrix is read, at the block's position or elsewhere in it. */
  reads(matrix: number, how: 'before' | 'here' | 'anywhere'): void;
}

/** The ops of one MAP or REDUCE. */
export interface MapWriter {
  /** Computed once. */
  readonly scalars: readonly SymbolicOp[];
  /** Computed for every block. */
  readonly blocks: readonly SymbolicOp[];
  /** Where the value of a node will stand, block by block. */
  operand(node: Node): Operand;
  /** The same, in a register or a matrix. */
  source(node: Node): Operand;
  /** Writes the value of a node to a matrix. */
  store(node: Node, matrix: number): void;
  /** States that a node of the shape of this map stands in a matrix. */
  know(node: Node, matrix: number): void;
}

/** Writes the ops that compute nodes of `shape`, block by block, from what stands in memory. */
export function mapWriter(shape: Shape, storage: Storage): MapWriter {
  const scalars: SymbolicOp[] = [];
  const blocks: SymbolicOp[] = [];
  const known = new Map<Node, Operand>();
  const single = sizeOf(shape) === 1;
  let values = 0;

  const emit = (code: Code, operands: readonly (Operand | Side | number)[], to?: Operand): Operand => {
    const result = to ?? { value: values++ };
    for (const operand of operands) {
      if (typeof operand === 'object' && 'matrix' in operand) storage.reads(operand.matrix, 'here');
    }
    blocks.push({ code, to: result, operands });
    return result;
  };
  const emitScalar = (code: Code, operands: readonly (Operand | number)[]): Operand => {
    const to = storage.slot();
    scalars.push({ code, to, operands });
    return to;
  };
  /** An op that fills a block from a matrix of another shape, or from elements in another order. */
  const fill = (code: Code, matrices: readonly number[], sides: readonly number[], to?: Operand): Operand => {
    for (const matrix of matrices) storage.reads(matrix, 'anywhere');
    return emit(code, [...matrices, ...sides.map(side => ({ side }))], to);
  };
  const splat = (matrix: number, element: number): Operand => {
    storage.reads(matrix, 'before');
    return emitScalar(Code.SPLAT, [matrix, element]);
  };

  const fromMatrix = (node: Node, matrix: number): Operand => {
    if (sameShape(node.shape, shape)) return { matrix };
    if (sizeOf(node.shape) === 1) return splat(matrix, 0);
    return fill(node.shape[0] === 1 ? Code.ROW : Code.COLUMN, [matrix], [shape[1]]);
  };

  const operand = (node: Node): Operand => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const made = make(node);
    known.set(node, made);
    return made;
  };

  const make = (node: Node, to?: Operand): Operand => {
    if (node.op.name === 'constant') return storage.constant(Number(node.attributes.value));
    const matrix = storage.matrixOf(node);
    if (matrix !== undefined) return fromMatrix(node, matrix);
    const { op, inputs, attributes } = node;
    const [x, y] = inputs as readonly [Node, Node];
    switch (op.kind) {
      case 'elementwise':
        return elementwise(node, to);
      case 'pick': {
        const { row, column } = attributes;
        return splat(storage.requireMatrix(x), Number(row) * x.shape[1] + Number(column));
      }
      case 'transpose':
        return fill(Code.TRANSPOSE, [storage.requireMatrix(x)], [node.shape[1], node.shape[0]], to);
      case 'gather':
        return fill(Code.GATHER, [storage.requireMatrix(x), storage.requireMatrix(y)], [x.shape[1]], to);
      case 'oneHot':
        return fill(Code.ONE_HOT, [storage.requireMatrix(x)], [node.shape[1]], to);
      default:
        throw unsupported(node);
    }
  };

  /** The operands of a node of this op that nothing else reads, so that an op that takes it in computes it alone. */
  const inner = (name: string, node: Node | undefined): readonly Node[] | undefined => {
    if (node === undefined || node.op.name !== name || storage.uses(node) > 1) return undefined;
    if (known.has(node) || storage.matrixOf(node) !== undefined) return undefined;
    return sizeOf(node.shape) === 1 && !single ? undefined : node.inputs;
  };

  const elementwise = (node: Node, to?: Operand): Operand => {
    const { op, inputs, attributes } = node;
    if (op.name === 'expand') return operand(inputs[0] as Node);
    if (sizeOf(node.shape) === 1 && !single) return scalar(node);
    const combined = product(node, to);
    if (combined !== undefined) return combined;
    const code = CODES[op.name];
    if (code === undefined) throw unsupported(node);
    const operands = inputs.map(operand);
    const parameter = parameterOf(op.name, attributes);
    return emit(code, parameter === undefined ? operands : [...operands, storage.constant(parameter)], to);
  };

  const scalar = (node: Node): Operand => {
    const code = CODES[node.op.name];
    if (code === undefined) throw unsupported(node);
    const operands = node.inputs.map(operand);
    const parameter = parameterOf(node.op.name, node.attributes);
    return emitScalar(code, parameter === undefined ? operands : [...operands, storage.constant(parameter)]);
  };

  /** The slopes of tanh and sigmoid at what they returned. */
  const slopeOf = (node: Node): { readonly code: Code; readonly y: Node } | undefined => {
    const [one, squared] = inner('sub', node) ?? [];
    const y = isConstant(one, 1) ? inner('square', squared)?.[0] : undefined;
    if (y !== undefined) return { code: Code.TANH_GRADIENT, y };
    const [value, rest] = inner('mul', node) ?? [];
    const [whole, same] = inner('sub', rest) ?? [];
    return isConstant(whole, 1) && same === value ? { code: Code.SIGMOID_GRADIENT, y: value as Node } : undefined;
  };

  /** Sums of products, slopes of activations, and Adam's quotient, in one op. */
  const product = (node: Node, to?: Operand): Operand | undefined => {
    const [a, b] = node.inputs as readonly [Node, Node];
    if (node.op.name === 'add') {
      const [left, right] = [inner('mul', a), inner('mul', b)];
      if (left !== undefined && right !== undefined) {
        for (const [[p, q], other] of [
          [left, right],
          [right, left],
        ] as const) {
          const squared = inner('square', p);
          if (squared === undefined) continue;
          const operands = [squared[0] as Node, q as Node, ...other].map(operand);
          return emit(Code.SUM_WITH_SQUARE, operands, to);
        }
        return emit(Code.SUM_OF_PRODUCTS, [...left, ...right].map(operand), to);
      }
      if (left !== undefined) return emit(Code.MUL_ADD, [...left, b].map(operand), to);
      if (right !== undefined) return emit(Code.MUL_ADD, [...right, a].map(operand), to);
    }
    if (node.op.name === 'mul') {
      const slope = slopeOf(b);
      if (slope !== undefined) return emit(slope.code, [operand(a), operand(slope.y)], to);
    }
    if (node.op.name === 'select') {
      const [y, low] = inner('greater', a) ?? [];
      if (isConstant(low, 0) && isConstant(node.inputs[2], 0)) {
        return emit(Code.RELU_GRADIENT, [b, y as Node].map(operand), to);
      }
    }
    if (node.op.name === 'sub') {
      const right = inner('mul', b);
      if (right !== undefined) return emit(Code.SUB_MUL, [...right, a].map(operand), to);
    }
    if (node.op.name === 'div') {
      const [scaled, offset] = inner('add', b) ?? [];
      const [root, scale] = inner('mul', scaled) ?? [];
      const under = inner('sqrt', root)?.[0];
      if (under !== undefined) {
        return emit(Code.DIV_BY_ROOT, [a, under, scale as Node, offset as Node].map(operand), to);
      }
    }
    return undefined;
  };

  return {
    scalars,
    blocks,
    operand,
    source(node) {
      const found = operand(node);
      return 'slot' in found ? emit(Code.COPY, [found]) : found;
    },
    know: (node, matrix) => void known.set(node, { matrix }),
    store(node, matrix) {
      const to = { matrix };
      const found = known.get(node);
      const made = found ?? make(node, to);
      if (made !== to) emit(Code.COPY, [made], to);
      known.set(node, to);
    },
  };
}

const isConstant = (node: Node | undefined, value: number): boolean =>
  node?.op.name === 'constant' && Object.is(node.attributes.value, value);

const unsupported = (node: Node): DeviceError =>
  new DeviceError(`${node.op.name} ${shapeText(node.shape)} failed on simd: there is no kernel for this op`);
