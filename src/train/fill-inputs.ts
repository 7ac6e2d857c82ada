import type { Tensor } from '../kernels/device.js';
import type { Network } from '../nn/network.js';

// A program reads its array of tensors during the call only, so a stage fills the same array for every batch.

/** Puts the tensors for a trace's leaves (x, parameters, masks) into `inputs` from place `at` on; the place behind them. */
export function fillLeaves(
  inputs: Tensor[],
  at: number,
  net: Network,
  x: Tensor,
  masks: readonly Tensor[] | undefined,
): number {
  inputs[at] = x;
  const end = fillFrom(net.tensors(), 0, inputs, at + 1);
  return masks === undefined ? end : fillFrom(masks, 0, inputs, end);
}

/** Copies `tensors` from the place `from` on into `inputs`, there from place `at` on; the place behind the last. */
export function fillFrom(tensors: readonly Tensor[], from: number, inputs: Tensor[], at: number): number {
  let end = at;
  for (let i = from; i < tensors.length; i++) inputs[end++] = tensors[i] as Tensor;
  return end;
}
