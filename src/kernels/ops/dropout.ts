import { InputError } from '../../errors.js';
import { type Node, sameShape, shapeText } from '../graph.js';
import { mul } from './arithmetic.js';

/** x · mask, the mask holding 0 or 1 / (1 − rate) for every element of x; it comes from the host's generator. */
export function dropout(x: Node, mask: Node): Node {
  if (!sameShape(x.shape, mask.shape)) {
    throw new InputError(`dropout: the mask must have the shape ${shapeText(x.shape)}, got ${shapeText(mask.shape)}`);
  }
  return mul(x, mask);
}
