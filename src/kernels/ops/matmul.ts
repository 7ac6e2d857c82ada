import { InputError } from '../../errors.js';
import { apply, type Node, type Shape, shapeText } from '../graph.js';
import type { Op } from '../op.js';
import { type Operand, toNode } from './operand.js';

/** Which operand of a product is read transposed; at most one, neither unless stated. */
export interface Orientation {
  /** Takes Aᵀ for A; false unless stated. */
  readonly transposeA?: boolean | undefined;
  /** Takes Bᵀ for B; false unless stated. */
  readonly transposeB?: boolean | undefined;
}

const MATMUL: Op = {
  name: 'matmul',
  kind: 'matmul',
  shape([a, b], { transposeA, transposeB }) {
    const [rows, inner] = turned(a as Shape, transposeA === true);
    const [innerB, columns] = turned(b as Shape, transposeB === true);
    if (inner !== innerB) {
      const name = (shape: Shape, turn: unknown) => `${shapeText(shape)}${turn === true ? 'ᵀ' : ''}`;
      throw new InputError(
        `matmul: ${name(a as Shape, transposeA)} by ${name(b as Shape, transposeB)}: the inner sides ${inner} and ${innerB} must be equal`,
      );
    }
    return [rows, columns];
  },
  // Each of the three orientations has its gradients in the other two, so nothing is ever transposed.
  gradient({ inputs, attributes }, g) {
    const [a, b] = inputs as readonly [Node, Node];
    if (attributes.transposeA === true) return [matmul(b, g, { transposeB: true }), matmul(a, g)];
    if (attributes.transposeB === true) return [matmul(g, b), matmul(g, a, { transposeA: true })];
    return [matmul(g, b, { transposeB: true }), matmul(a, g, { transposeA: true })];
  },
};

const turned = ([rows, columns]: Shape, turn: boolean): Shape => (turn ? [columns, rows] : [rows, columns]);

/** The matrix product A·B, Aᵀ·B or A·Bᵀ; throws an InputError when the inner sides differ or both are transposed. */
export function matmul(a: Operand, b: Operand, { transposeA = false, transposeB = false }: Orientation = {}): Node {
  if (transposeA && transposeB) {
    throw new InputError('matmul: at most one of transposeA and transposeB may be true; Aᵀ·Bᵀ is (B·A)ᵀ');
  }
  return apply(MATMUL, [toNode('matmul', a), toNode('matmul', b)], { transposeA, transposeB });
}
