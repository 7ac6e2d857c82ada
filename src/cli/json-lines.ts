import type { Output } from './io.js';

/** Writes values to a stream, one JSON text a line; NaN and infinite numbers become null. */
export function jsonLines(stream: Output): (value: unknown) => void {
  return value => void stream.write(`${JSON.stringify(value)}\n`);
}
