import { DeviceError } from '../errors.js';
import type { Device, DeviceName, Tensor } from './device.js';
import { type Node, type Shape, sameShape, shapeText, sizeOf } from './graph.js';

/** The error for a tensor that was disposed or belongs to another device. */
export function unusable(device: Device, tensor: Tensor): DeviceError {
  const what = `the ${shapeText(tensor.shape)} tensor`;
  if (tensor.device !== device)
    return new DeviceError(`${what} is on ${tensor.device.name}, not on this ${device.name}`);
  return new DeviceError(`${what} on ${device.name} was used after it was disposed`);
}

/** Throws unless there is one tensor of the right shape for each input. */
export function checkShapes(
  name: DeviceName,
  what: 'input' | 'output',
  nodes: readonly Node[],
  tensors: readonly (Tensor | undefined)[],
): void {
  if (what === 'input' && tensors.length !== nodes.length) {
    throw new DeviceError(`the program on ${name} takes ${nodes.length} inputs, got ${tensors.length}`);
  }
  for (let i = 0; i < tensors.length; i++) {
    const [tensor, node] = [tensors[i], nodes[i]];
    if (tensor === undefined) continue;
    if (node === undefined)
      throw new DeviceError(`the program on ${name} has ${nodes.length} outputs, got a tensor for output ${i}`);
    if (!sameShape(tensor.shape, node.shape)) {
      const shapes = `is ${shapeText(node.shape)}, got ${shapeText(tensor.shape)}`;
      throw new DeviceError(`${what} ${i} of the program on ${name} ${shapes}`);
    }
  }
}

/** A copy of the values as a tensor's flat array; throws when their number does not fit the shape. */
export function flatValues(shape: Shape, values: Float32Array | readonly number[]): Float32Array {
  if (values.length !== sizeOf(shape)) {
    throw new DeviceError(`a ${shapeText(shape)} tensor takes ${sizeOf(shape)} values, got ${values.length}`);
  }
  return Float32Array.from(values);
}

/** The error for a device or program that was closed. */
export const closedError = (what: string): DeviceError => new DeviceError(`${what} was used after it was closed`);
