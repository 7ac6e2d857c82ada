import { apply, type Node, type Shape } from '../graph.js';
import type { Op } from '../op.js';
import { type Operand, toNode } from './operand.js';

const TRANSPOSE: Op = {
  name: 'transpose',
  kind: 'transpose',
  shape: ([shape]) => [(shape as Shape)[1], (shape as Shape)[0]],
  gradient: (_, g) => [transpose(g)],
};

/** xᵀ: [rows, columns] → [columns, rows]. In products take `matmul`'s orientations instead. */
export const transpose = (x: Operand): Node => apply(TRANSPOSE, [toNode('transpose', x)]);
