import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/kernels/device.js';
import { openCpuDevice } from '../../../src/kernels/open-device.js';
import { disagreements } from '../conformance.js';
import { OP_CASES } from '../op-cases.js';
import { openWebGpu } from './webgpu.js';

const DEVICES: Readonly<Record<string, () => Promise<Device | undefined> | Device>> = {
  cpu: () => openCpuDevice('cpu'),
  webasm: () => openCpuDevice('webasm'),
  webgpu: openWebGpu,
};

describe.each(Object.entries(DEVICES))('on %s', (name, open) => {
  it('every op and its gradients agree with float64 at odd shapes, and nothing is left open', {
    timeout: 120_000,
  }, async context => {
    const device = await open();
    if (device === undefined) return context.skip('no adapter');
    expect(device.name).toBe(name);
    try {
      expect(await disagreements(device, OP_CASES)).toEqual([]);
      expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
    } finally {
      device.close();
    }
  });
});
