import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type GoldenCase, goldenError, goldenLosses } from '../../train/torch-golden.js';
import { openWebGpu } from './webgpu.js';

const file = new URL('../../reference/torch_golden.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };

it('the trainings on webgpu follow the float64 losses of PyTorch for 100 steps within 1e-4', {
  timeout: 120_000,
}, async context => {
  const device = await openWebGpu();
  if (device === undefined) return context.skip('no adapter');
  try {
    for (const golden of cases) {
      const losses = await goldenLosses(golden, device);
      expect(losses).toHaveLength(100);
      expect(goldenError(golden, losses), golden.name).toBeLessThan(1e-4);
    }
    await device.settled();
    expect(device.usage()).toMatchObject({ tensors: 0, bytes: 0 });
  } finally {
    device.close();
  }
});
