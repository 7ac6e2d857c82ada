import { types } from 'node:util';

/**
 * Plain data with its typed arrays in shared memory, so that sending it to a thread copies no numbers: objects and arrays are
 * copied, typed arrays too unless they are shared already, and all else is the same.
 */
export function inSharedMemory<T>(value: T): T {
  if (types.isTypedArray(value)) return shared(value) as T;
  if (Array.isArray(value)) return value.map(inSharedMemory) as T;
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inSharedMemory(item)])) as T;
}

function shared(values: NodeJS.TypedArray): NodeJS.TypedArray {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const buffer = new SharedArrayBuffer(values.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const Type = values.constructor as new (buffer: SharedArrayBuffer) => NodeJS.TypedArray;
  // A Buffer is made in another way, and is bytes.
  return Buffer.isBuffer(values) ? new Uint8Array(buffer) : new Type(buffer);
}
