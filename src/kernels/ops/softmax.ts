import type { Node } from '../graph.js';
import { mul, sub } from './arithmetic.js';
import { applyTo, elementwise } from './elementwise.js';
import { type Operand, toNode } from './operand.js';
import { max, sum } from './reduce.js';
import { exp, log } from './transcendental.js';

const LOG_SOFTMAX = elementwise('logSoftmax', {
  expression: ([x, largest, logSum]) => `((${x} - ${largest}) - ${logSum})`,
  evaluate: ([x, largest, logSum]) => x! - largest! - logSum!,
  // That of the whole, through its output; the operands that were made from x need none of their own.
  gradient: (y, g) => [sub(g, mul(exp(y), sum(g, 1))), undefined, undefined],
});

/** log(eˣ / Σ eˣ) over each row, from the row's largest value down, so that logits of any size are fine. */
export function logSoftmax(x: Operand): Node {
  const node = toNode('logSoftmax', x);
  const largest = max(node, 1);
  return applyTo(LOG_SOFTMAX, [node, largest, log(sum(exp(sub(node, largest)), 1))]);
}

/** eˣ / Σ eˣ over each row. */
export const softmax = (x: Operand): Node => exp(logSoftmax(x));
