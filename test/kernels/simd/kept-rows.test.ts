import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { DeviceError } from '../../../src/errors.js';
import type { KeptRows } from '../../../src/kernels/device.js';
import { add } from '../../../src/kernels/ops/arithmetic.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { random } from '../../../src/random.js';

const device = simdDevice({ threads: 1 });
afterAll(() => device.close());

/** A batch that was copied to the device, with a program that reads it. */
function copied(rows: number, columns: number) {
  const x = input([rows, columns]);
  const program = device.compile({ inputs: [x], outputs: [add(x, 0.5)] });
  const recorder = device.record!();
  const batch = device.tensor([rows, columns], new Float32Array(rows * columns));
  const [result] = program.run([batch]);
  batch.dispose();
  const repeat = recorder.end()!;
  return {
    target: repeat.copies[0]!.target,
    async read() {
      repeat.run();
      return [...(await result!.read())];
    },
    dispose() {
      result!.dispose();
      program.dispose();
    },
  };
}

describe('rows that the device keeps', () => {
  it('are put together in any order, from any place of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 70 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        fc.nat(),
        fc.nat(),
        async (columns, rows, seed, first, many) => {
          const draw = random(seed, 'rows');
          const values = Float32Array.from({ length: rows * columns }, () => draw.normal());
          const kept = device.keepRows!(values, columns)!;
          const start = first % rows;
          const count = 1 + (many % (rows - start));
          const batch = copied(count, columns);
          for (const order of [draw.permutation(rows), draw.permutation(rows)]) {
            kept.copy(order, start, batch.target);
            const expected = [...order.subarray(start, start + count)].flatMap(row => [
              ...values.subarray(row * columns, (row + 1) * columns),
            ]);
            expect(await batch.read()).toEqual([...Float32Array.from(expected, value => value + 0.5)]);
          }
          batch.dispose();
          kept.dispose();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are not kept where a loop is sooner, or a copy too large', () => {
    expect(device.keepRows!(new Float32Array(30), 3)).toBeUndefined();
    expect(device.keepRows!(new Float32Array(2 ** 22 + 4), 4)).toBeUndefined();
  });

  it('give their memory back', () => {
    const values = new Float32Array(64_000);
    device.keepRows!(values, 64)!.dispose();
    const memory = () => {
      const batch = copied(1, 4);
      batch.dispose();
      return batch.target.buffer.byteLength;
    };
    const before = memory();
    for (let i = 0; i < 1000; i++) device.keepRows!(values, 64)!.dispose();
    expect(memory()).toBe(before);
  });

  it('are freed once, and not to be copied from any more', async () => {
    const values = new Float32Array(800);
    const kept = device.keepRows!(values, 8)!;
    const batch = copied(1, 8);
    kept.dispose();
    kept.dispose();
    const [a, b] = [1, 2].map(value => device.keepRows!(new Float32Array(800).fill(value), 8)!) as [KeptRows, KeptRows];
    const order = Uint32Array.of(0);
    a.copy(order, 0, batch.target);
    b.copy(order, 0, batch.target);
    a.copy(order, 0, batch.target);
    expect(await batch.read()).toEqual(Array(8).fill(1.5));
    expect(() => kept.copy(order, 0, batch.target)).toThrow(DeviceError);
    expect(() => a.copy(new Uint32Array(101), 0, batch.target)).toThrow(DeviceError);
    for (const open of [a, b, batch]) open.dispose();
  });

  it('are none where there is no room for them', () => {
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError('no');
    };
    try {
      const full = simdDevice({ threads: 1 });
      expect(full.keepRows!(new Float32Array(2 ** 21), 8)).toBeUndefined();
      full.tensor([2, 2], [1, 2, 3, 4]).dispose();
      full.close();
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
  });

  it('do not lie where a noted step computes', () => {
    const x = input([1, 8]);
    const program = device.compile({ inputs: [x], outputs: [add(x, 1)] });
    const recorder = device.record!();
    const batch = device.tensor([1, 8], new Float32Array(8));
    for (const result of program.run([batch])) result.dispose();
    batch.dispose();
    const repeat = recorder.end()!;
    expect(repeat.isCurrent()).toBe(true);
    const kept = device.keepRows!(new Float32Array(8), 8)!;
    expect(repeat.isCurrent()).toBe(false);
    kept.dispose();
    program.dispose();
  });

  it('are none on a device that is closed', () => {
    const closed = simdDevice({ threads: 1 });
    closed.close();
    expect(closed.keepRows!(new Float32Array(64), 8)).toBeUndefined();
  });
});
