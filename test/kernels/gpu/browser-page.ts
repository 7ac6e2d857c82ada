import { openDevice } from '../../../src/kernels/open-device.js';
import { disagreements } from '../conformance.js';
import { OP_CASES } from '../op-cases.js';

/** What runs in the page: the conformance suite on one device, by name. */
export async function conformanceInPage(name: 'webgl2' | 'webgpu') {
  const device = await openDevice(name);
  const { adapter, hardware, synchronous } = device;
  const found = await disagreements(device, OP_CASES);
  const usage = device.usage();
  device.close();
  return { name: device.name, adapter, hardware, synchronous, found, usage };
}

Object.assign(globalThis, { conformanceInPage });
