import { openDevice } from '../../../src/kernels/open-device.js';
import { type GoldenCase, goldenError, goldenLosses } from '../../train/torch-golden.js';
import { disagreements } from '../conformance.js';
import { OP_CASES } from '../op-cases.js';

/** The devices that a page can open without help. */
type PageDevice = 'webgl2' | 'webgpu' | 'simd';

/** What runs in the page: the conformance suite on one device, by name. */
export async function conformanceInPage(name: PageDevice) {
  const device = await openDevice(name);
  const { adapter, hardware, synchronous } = device;
  const found = await disagreements(device, OP_CASES);
  const usage = device.usage();
  device.close();
  return { name: device.name, adapter, hardware, synchronous, found, usage };
}

/** How far each recorded PyTorch training is followed, by name: the largest relative error of a loss. */
export async function goldenInPage(name: PageDevice, cases: readonly GoldenCase[]) {
  const device = await openDevice(name);
  const errors: Record<string, number> = {};
  for (const golden of cases) errors[golden.name] = goldenError(golden, await goldenLosses(golden, device));
  device.close();
  return errors;
}

Object.assign(globalThis, { conformanceInPage, goldenInPage });
