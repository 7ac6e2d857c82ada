import type { Device } from '../kernels/device.js';

/** What `auto` chose, and why; nothing for a device that was asked for by name. */
export function deviceNotes({ name, adapter, reason }: Device): string[] {
  return reason === undefined ? [] : [`device ${name} (${adapter}): ${reason}`];
}
