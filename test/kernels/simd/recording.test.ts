import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repeat, Tensor } from '../../../src/kernels/device.js';
import { add, mul } from '../../../src/kernels/ops/arithmetic.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { type SimdDevice, simdDevice } from '../../../src/kernels/simd/simd-device.js';

let device: SimdDevice;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
});
afterAll(() => device.close());

/** sum ← sum + 2x, noted once for x = 1. */
function noted() {
  const [x, sum] = [input([1, 3]), input([1, 3])];
  const double = device.compile({ inputs: [x], outputs: [mul(x, 2)] });
  const join = device.compile({ inputs: [sum, x], outputs: [add(sum, x)] });
  const total = device.tensor([1, 3], [0, 0, 0]);
  const step = (values: readonly number[], into = total) => {
    const given = device.tensor([1, 3], values);
    const [doubled] = double.run([given]) as [Tensor];
    join.run([into, doubled], [into]);
    given.dispose();
    doubled.dispose();
  };
  const recorder = device.record?.();
  step([1, 1, 1]);
  const repeat = recorder?.end() as Repeat;
  const again = (values: readonly number[]) => {
    for (const { target } of repeat.copies) target.set(values);
    repeat.run();
  };
  const close = () => {
    for (const open of [double, join, total]) open.dispose();
  };
  return { repeat, step, again, total, close };
}

describe('what was noted', () => {
  it('is done again with other values', () => {
    const { again, total, close } = noted();
    again([1, 2, 3]);
    expect([...total.readSync()]).toEqual([4, 6, 8]);
    close();
  });

  it('is done again on its own buffers after its programs have run on others', () => {
    const { repeat, step, again, total, close } = noted();
    const other = device.tensor([1, 3], [0, 0, 0]);
    expect(repeat.isCurrent()).toBe(false);
    step([5, 5, 5], other);
    other.dispose();
    expect(repeat.isCurrent()).toBe(true);
    again([1, 2, 3]);
    expect([...total.readSync()]).toEqual([4, 6, 8]);
    step([1, 1, 1]);
    expect(repeat.isCurrent()).toBe(true);
    again([1, 1, 1]);
    expect([...total.readSync()]).toEqual([8, 10, 12]);
    close();
  });

  it('is not while a program is there that was not, and never once something is gone that was there', () => {
    const before = device.tensor([1, 3], [0, 0, 0]);
    const { repeat, close } = noted();
    const x = input([2, 2]);
    const program = device.compile({ inputs: [x], outputs: [mul(x, 3)] });
    expect(repeat.isCurrent()).toBe(false);
    program.dispose();
    expect(repeat.isCurrent()).toBe(true);
    before.dispose();
    expect(repeat.isCurrent()).toBe(false);
    device.tensor([1, 3], [0, 0, 0]).dispose();
    expect(repeat.isCurrent()).toBe(false);
    close();
  });

  it('is not once something else was noted', () => {
    const first = noted();
    const second = noted();
    expect(first.repeat.isCurrent()).toBe(false);
    second.close();
    expect(first.repeat.isCurrent()).toBe(false);
    first.close();
  });
});
