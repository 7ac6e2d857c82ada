import { InputError } from '../../errors.js';
import { apply, type Node, type Shape, shapeText } from '../graph.js';
import type { Op } from '../op.js';
import { mul } from './arithmetic.js';

const GATHER: Op = {
  name: 'gather',
  kind: 'gather',
  shape([x, classes]) {
    checkClasses('gather', classes as Shape, (x as Shape)[0]);
    return [(x as Shape)[0], 1];
  },
  gradient: ({ inputs: [x, classes] }, g) => [mul(oneHot(classes!, x!.shape[1]), g), undefined],
};

const ONE_HOT: Op = {
  name: 'oneHot',
  kind: 'oneHot',
  shape([classes], { columns }) {
    checkClasses('oneHot', classes as Shape, (classes as Shape)[0]);
    return [(classes as Shape)[0], Number(columns)];
  },
};

function checkClasses(op: string, classes: Shape, rows: number): void {
  if (classes[0] === rows && classes[1] === 1) return;
  throw new InputError(`${op}: the classes must be one column index a row, [${rows}, 1], got ${shapeText(classes)}`);
}

/**
 * The element of each row that its class names: x [rows, columns], classes [rows, 1] → [rows, 1].
 * Classes are whole numbers from 0 to columns − 1; others are not defined.
 */
export const gather = (x: Node, classes: Node): Node => apply(GATHER, [x, classes]);

/** 1 in the column that each row's class names, else 0: classes [rows, 1] → [rows, columns]. Flat: its gradient is 0. */
export function oneHot(classes: Node, columns: number): Node {
  if (!Number.isInteger(columns) || columns < 1) {
    throw new InputError(`oneHot: columns must be a whole number from 1 up, got ${columns}`);
  }
  return apply(ONE_HOT, [classes], { columns });
}
