import { describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../../../src/errors.js';
import type { Device } from '../../../src/kernels/device.js';
import { assertMode } from '../../../src/kernels/gpu/gpu-js.js';
import { apply, type Node } from '../../../src/kernels/graph.js';
import { add } from '../../../src/kernels/ops/arithmetic.js';
import { elementwise } from '../../../src/kernels/ops/elementwise.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { sum } from '../../../src/kernels/ops/reduce.js';
import { openCpuDevice } from '../cpu-devices.js';
import { openWebGpu } from './webgpu.js';

/** A user's op with this formula. */
const op = (name: string, expression: (x: string) => string) => (x: Node) =>
  apply(elementwise(name, { expression: ([a]) => expression(a as string), evaluate: ([a]) => a as number }), [x]);

const broken = op('wobble', x => `Math.wobble(${x})`);
/** A truth value is no number: gpu.js's webasm mode hands the whole kernel to cpu, with a warning. */
const degrading = op('isPositive', x => `${x} > 0.0`);

const usageOf = (device: Device) => ({ ...device.usage() });

describe.each(['cpu', 'webasm'] as const)('on %s', name => {
  it('a kernel that does not compile is an error that names op and device, and leaves nothing open', () => {
    const device = openCpuDevice(name);
    const x = input([2, 3]);
    const program = device.compile({ inputs: [x], outputs: [sum(add(x, 1), 0), broken(x)] });
    const tensor = device.tensor([2, 3], new Float32Array(6));
    const before = usageOf(device);
    expect(() => program.run([tensor])).toThrow(DeviceError);
    expect(() => program.run([tensor])).toThrow(new RegExp(`wobble \\[2, 3\\].* ${name}`));
    expect(device.usage()).toEqual(before);
    program.dispose();
    device.close();
  });
});

it('a kernel that gpu.js would hand to another mode is an error with its reason, and nothing is printed', () => {
  const warn = vi.spyOn(console, 'warn');
  const device = openCpuDevice('webasm');
  const x = input([2, 3]);
  const program = device.compile({ inputs: [x], outputs: [degrading(x)] });
  expect(() => program.run([device.tensor([2, 3], new Float32Array(6))])).toThrow(
    /^isPositive \[2, 3\] failed on webasm: Falling back to CPU: return type Boolean is not supported/,
  );
  expect(warn).not.toHaveBeenCalled();
  device.close();
});

it('a kernel that ran in another mode than was asked for is an error that says why', () => {
  const degraded = { kernel: { constructor: { mode: 'cpu' }, fallbackReason: 'it has kernel maps' } };
  const shortcut = degraded as unknown as Parameters<typeof assertMode>[2];
  expect(() => assertMode('webasm', 'sum [1, 3]', shortcut)).toThrow(
    'sum [1, 3] does not run on webasm: gpu.js chose cpu (it has kernel maps)',
  );
  const stayed = { kernel: { constructor: { mode: 'webasm' }, fallbackReason: null } };
  assertMode('webasm', 'sum [1, 3]', stayed as unknown as typeof shortcut);
});

it('on webgpu a failure reaches what was computed from it and settled(), once, and leaves the rest alone', async context => {
  const device = await openWebGpu();
  if (device === undefined) return context.skip('no adapter');
  const x = input([2, 3]);
  const good = device.compile({ inputs: [x], outputs: [add(x, 1)] });
  const bad = device.compile({ inputs: [x], outputs: [broken(x)] });
  const tensor = device.tensor([2, 3], new Float32Array(6));
  const [wrong] = bad.run([tensor]);
  const [derived] = good.run([wrong!]);
  const [right] = good.run([tensor]);
  await expect(derived!.read()).rejects.toThrow(/wobble \[2, 3\].* webgpu/);
  await expect(device.settled()).rejects.toThrow(/wobble \[2, 3\].* webgpu/);
  await device.settled();
  expect([...(await right!.read())]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(device.usage()).toMatchObject({ tensors: 4, programs: 2 });
  device.close();
});
