import { expect, it } from 'vitest';
import { DEVICE_NAMES } from '../../../src/kernels/device.js';
import { defaultDevice, openDevice } from '../../../src/kernels/open-device.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { surveyDevices } from '../../../src/kernels/survey-devices.js';

// No Vulkan driver, so that there is no adapter whatever machine this is; read when webgpu is first asked for.
process.env.VK_ICD_FILENAMES = '/no/such/driver.json';
process.env.VK_DRIVER_FILES = '/no/such/driver.json';
const vulkanOnly = process.platform === 'linux';

it('every CPU device opens by its name, and simd at once', async () => {
  for (const name of ['simd', 'webasm', 'cpu'] as const) {
    const device = await openDevice(name);
    expect(device).toMatchObject({ name, hardware: false, synchronous: true, reason: undefined });
    device.close();
  }
  const device = simdDevice();
  expect(device).toMatchObject({ name: 'simd', hardware: false, synchronous: true, reason: undefined });
  device.close();
});

it('the default device is one, shared', () => {
  expect(defaultDevice()).toBe(defaultDevice());
  expect(defaultDevice().name).toBe('simd');
});

it('a device that cannot run here is an error that says why', async () => {
  await expect(openDevice('webgl2')).rejects.toThrow('webgl2 cannot run here: it needs a browser');
  if (vulkanOnly) await expect(openDevice('webgpu')).rejects.toThrow(/^webgpu cannot run here: no GPU adapter answers/);
});

it('an unknown device is an error that names the nearest', async () => {
  await expect(openDevice('wegpu' as never)).rejects.toThrow('there is no device "wegpu" (did you mean "webgpu"?)');
});

it.runIf(vulkanOnly)('auto takes simd where there is no GPU, and says so', async () => {
  const device = await openDevice('auto');
  expect(device.name).toBe('simd');
  expect(device.reason).toMatch(/^the fastest CPU device; no hardware GPU: webgpu.+; webgl2 cannot run here/);
  device.close();
});

it('the survey names every device, with its speed or why it has none', { timeout: 60_000 }, async () => {
  const surveys = await surveyDevices();
  expect(surveys.map(({ name }) => name)).toEqual(DEVICE_NAMES);
  for (const { name, available, reason, adapter, hardware, gflops } of surveys) {
    if (available) {
      expect(gflops).toBeGreaterThan(0);
      expect(adapter).not.toBe('');
      expect(typeof hardware).toBe('boolean');
    } else {
      expect(reason).toMatch(new RegExp(`^${name} cannot run here: .+`));
    }
  }
  expect(surveys.filter(({ available }) => available).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['simd', 'webasm', 'cpu']),
  );
});
