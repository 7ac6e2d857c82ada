import { InputError } from '../../errors.js';
import { apply, type Node, type Shape, sameShape, shapeText } from '../graph.js';
import type { Op } from '../op.js';

/** Repeats a row, a column or a number to a stated shape; fused, it costs nothing. To its own shape it is a copy. */
export const EXPAND: Op = {
  name: 'expand',
  kind: 'elementwise',
  shape: ([from], { rows, columns }) => {
    const to: Shape = [Number(rows), Number(columns)];
    const [r, c] = from as Shape;
    if ((r !== 1 && r !== to[0]) || (c !== 1 && c !== to[1])) {
      throw new InputError(`expand: ${shapeText([r, c])} does not repeat to ${shapeText(to)}`);
    }
    return to;
  },
  gradient: (_, g) => [g],
  expression: ([x]) => x as string,
  evaluate: ([x]) => x as number,
};

/** x repeated to `shape`; x itself when it has that shape. Throws an InputError when a side is neither equal nor 1. */
export function expand(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(EXPAND, [x], { rows: shape[0], columns: shape[1] });
}
