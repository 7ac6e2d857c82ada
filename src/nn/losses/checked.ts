import { InputError } from '../../errors.js';
import { type Node, type Shape, sameShape, shapeText } from '../../kernels/graph.js';
import { shown } from '../options.js';
import type { Loss } from './loss.js';

/** Throws an `InputError` unless `where` was given a loss. */
export function requireLoss(where: string, loss: Loss): void {
  if (typeof loss?.apply === 'function' && typeof loss !== 'function') return;
  throw new InputError(
    `${where}: expected \`loss\` to be a loss, made by a call such as crossEntropy(), got ${shown(loss)}`,
  );
}

/** The loss as a node [1, 1]. Throws an `InputError` when a user's own loss returns anything else. */
export function lossValue(loss: Loss, context: Parameters<Loss['apply']>[0]): Node {
  return ofShape([1, 1], loss.apply(context), `the loss "${loss.name}"`);
}

/** The prediction after the loss's link, of the same shape. Throws an `InputError` when a user's own link changes it. */
export function linked(loss: Loss, prediction: Node): Node {
  if (typeof loss.link !== 'function') {
    throw new InputError(`the loss "${loss.name}" must have a function \`link\`, got ${shown(loss.link)}`);
  }
  return ofShape(prediction.shape, loss.link(prediction), `the link of the loss "${loss.name}"`);
}

function ofShape(shape: Shape, node: Node, what: string): Node {
  if (Array.isArray(node?.shape) && sameShape(node.shape, shape)) return node;
  const got = Array.isArray(node?.shape) ? shapeText(node.shape) : shown(node);
  throw new InputError(`${what} must return a node of shape ${shapeText(shape)}, got ${got}`);
}
