import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device, DeviceName } from '../../src/kernels/device.js';
import { openDevice } from '../../src/kernels/open-device.js';
import { type GoldenCase, goldenError, goldenLosses } from './torch-golden.js';

const file = new URL('../reference/torch_golden.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };

const DEVICES: DeviceName[] = ['simd', 'cpu', 'webasm'];

describe.each(DEVICES)('on %s', name => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(name);
  });
  afterAll(() => device.close());

  it.each(cases.map(golden => [golden.name, golden] as const))(
    '%s follows the float64 losses of PyTorch for 100 steps within 1e-4',
    async (_, golden) => {
      const losses = await goldenLosses(golden, device);
      expect(losses).toHaveLength(100);
      expect(goldenError(golden, losses)).toBeLessThan(1e-4);
      expect(device.usage().tensors).toBe(0);
    },
  );
});
