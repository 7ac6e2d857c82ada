import { describe, expect, test } from 'vitest';
import { DeviceError, InputError } from '../../../src/errors.js';
import { entryFile } from '../../../src/tune/workers/entry-file.js';
import { fromWire, toWire } from '../../../src/tune/workers/error-on-wire.js';
import { inSharedMemory } from '../../../src/tune/workers/in-shared-memory.js';

describe('an error that has gone from thread to thread', () => {
  const sent = (error: unknown) => fromWire(structuredClone(toWire(error)));

  test('is an InputError with its place, a DeviceError, or an error of the same name', () => {
    expect(sent(new InputError('no', { file: 'a.json', path: 'b' }))).toEqual(
      new InputError('no', { file: 'a.json', path: 'b' }),
    );
    expect(sent(new DeviceError('gone'))).toBeInstanceOf(DeviceError);
    expect(sent(new RangeError('far'))).toMatchObject({ name: 'RangeError', message: 'far' });
    expect(sent('a word')).toMatchObject({ name: 'Error', message: 'a word' });
    expect(sent(Object.create(null)).message).toContain('cannot be shown');
  });
});

describe('data in shared memory', () => {
  test('is equal, its typed arrays on shared buffers, those that are shared already the same', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    const data = {
      x: Float32Array.of(1, Number.NaN, -0),
      of: [{ y: Uint8Array.of(3).subarray(0) }],
      shared,
      text: 'a',
    };
    const moved = inSharedMemory(data);
    expect(moved).toEqual(data);
    expect(Object.is(moved.x[2], -0)).toBe(true);
    expect(moved.x.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(moved.of[0]!.y.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(moved.shared).toBe(shared);
  });

  test('of a part of a buffer is that part', () => {
    expect([...inSharedMemory(Float32Array.of(1, 2, 3, 4).subarray(1, 3))]).toEqual([2, 3]);
  });
});

test("a worker's entry file stands beside the built module, and for a source in dist", () => {
  expect(entryFile('file:///a/dist/tune/workers/pool.js', './one.js').href).toBe('file:///a/dist/tune/workers/one.js');
  expect(entryFile('file:///src/a/src/tune/workers/pool.ts', './one.js').href).toBe(
    'file:///src/a/dist/tune/workers/one.js',
  );
});
