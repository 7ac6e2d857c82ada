import { expect, it } from 'vitest';
import { openWebGpu } from './webgpu.js';

it('webgpu devices opened and closed at once, in any order, each work', async context => {
  const first = await openWebGpu();
  if (first === undefined) return context.skip('no adapter');
  first.close();
  const [second, third] = await Promise.all([openWebGpu(), openWebGpu()]);
  second!.close();
  expect([...(await third!.tensor([1, 2], [1, 2]).read())]).toEqual([1, 2]);
  third!.close();
  const fourth = await openWebGpu();
  const reading = fourth!.tensor([1, 2], [3, 4]).read();
  fourth!.close();
  expect([...(await reading)]).toEqual([3, 4]);
});

it('what was put on globalThis.navigator is gone after the last device is closed', async context => {
  const device = await openWebGpu();
  if (device === undefined) return context.skip('no adapter');
  device.close();
  await expect.poll(() => (globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu).toBeUndefined();
});
