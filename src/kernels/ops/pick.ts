import { InputError } from '../../errors.js';
import { apply, type Node, type Shape, shapeText } from '../graph.js';
import type { Op } from '../op.js';
import { mul } from './arithmetic.js';
import { oneHot } from './gather.js';
import { constant } from './leaves.js';
import { transpose } from './transpose.js';

const PICK: Op = {
  name: 'pick',
  kind: 'pick',
  shape([shape], { row, column }) {
    const [rows, columns] = shape as Shape;
    const within = (index: unknown, size: number) =>
      Number.isInteger(index) && Number(index) >= 0 && Number(index) < size;
    if (!within(row, rows) || !within(column, columns)) {
      throw new InputError(`pick: there is no element (${row}, ${column}) in ${shapeText(shape as Shape)}`);
    }
    return [1, 1];
  },
  gradient: ({ inputs: [x], attributes }, g) => {
    const row = transpose(oneHot(constant(Number(attributes.row)), x!.shape[0]));
    const column = oneHot(constant(Number(attributes.column)), x!.shape[1]);
    return [mul(mul(row, column), g)];
  },
};

/** The element of x at (row, column), from 0, as [1, 1]. */
export const pick = (x: Node, row: number, column: number): Node => apply(PICK, [x], { row, column });
