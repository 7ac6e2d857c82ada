import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../src/errors.js';
import { type Heap, openHeap, type Pool } from '../../../src/kernels/simd/heap.js';
import { type WasmMemory, webAssembly } from '../../../src/kernels/simd/web-assembly.js';

const PAGE = 65_536;

interface Buffer {
  readonly pool: Pool;
  readonly address: number;
  readonly bytes: number;
}

/** A memory of 1 page that can grow to `pages`, and a heap in it from address 1000 on. */
function heapOf(pages: number): { heap: Heap; memory: WasmMemory } {
  const memory = new webAssembly!.Memory({ initial: 1, maximum: pages });
  return { heap: openHeap(memory, 1000), memory };
}

function take(heap: Heap, bytes: number): Buffer {
  const pool = heap.pool(bytes);
  return { pool, address: heap.take(pool), bytes };
}

const giveBack = ({ pool, address }: Buffer) => void pool.free.push(address);

/** Says what is wrong with buffers that are alive at one time. */
function faults(live: readonly Buffer[], memory: WasmMemory): string[] {
  const sorted = live.toSorted((a, b) => a.address - b.address);
  return sorted.flatMap(({ address, bytes }, i) => {
    const next = sorted[i + 1]?.address ?? memory.buffer.byteLength - 63;
    const found: string[] = [];
    if (address % 64 !== 0) found.push(`${address} is not a multiple of 64`);
    if (address < 1000) found.push(`${address} is before the start`);
    if (address + bytes > next) found.push(`${bytes} bytes at ${address} reach beyond ${next}`);
    return found;
  });
}

/** Takes and frees: `bytes` is taken where `size` is above 0, else the buffer at `place` of the live ones is freed. */
const actions = fc.array(
  fc.record({
    size: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40_000 }), fc.constant(0)),
    frees: fc.array(fc.nat(1000), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
);

describe('buffers of the simd device', () => {
  it('never overlap, begin at multiples of 64 and end 64 bytes before the memory does, whatever is taken and freed', () => {
    fc.assert(
      fc.property(actions, steps => {
        const { heap, memory } = heapOf(1000);
        const live: Buffer[] = [];
        for (const { size, frees } of steps) {
          for (const place of frees) if (live.length > 0) giveBack(live.splice(place % live.length, 1)[0]!);
          live.push(take(heap, size));
          expect(faults(live, memory)).toEqual([]);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('keep what is written to them while the memory grows and others come and go', () => {
    fc.assert(
      fc.property(actions, steps => {
        const { heap } = heapOf(1000);
        const live: { buffer: Buffer; mark: number }[] = [];
        let marks = 0;
        for (const { size, frees } of steps) {
          for (const place of frees) {
            if (live.length === 0) break;
            const { buffer, mark } = live.splice(place % live.length, 1)[0]!;
            const words = Math.ceil(buffer.bytes / 4);
            const from = buffer.address / 4;
            expect(heap.views.i32.subarray(from, from + words).every(word => word === mark)).toBe(true);
            expect(heap.views.f32.buffer).toBe(heap.views.i32.buffer);
            giveBack(buffer);
          }
          const buffer = take(heap, size);
          heap.views.i32.fill(++marks, buffer.address / 4, buffer.address / 4 + Math.ceil(buffer.bytes / 4));
          live.push({ buffer, mark: marks });
        }
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('of one size have one pool, and the buffer freed last is taken first', () => {
    const { heap } = heapOf(4);
    expect(heap.pool(1)).toBe(heap.pool(64));
    expect(heap.pool(65)).not.toBe(heap.pool(64));
    const [first, second] = [take(heap, 100), take(heap, 128)];
    giveBack(first);
    giveBack(second);
    expect(take(heap, 120).address).toBe(second.address);
    expect(take(heap, 120).address).toBe(first.address);
  });

  it('of thousands of sizes, a few alive at a time, fit in a memory of a few times what is alive', () => {
    const { heap, memory } = heapOf(1000);
    const live: Buffer[] = [];
    for (let i = 0; i < 20_000; i++) {
      // Sizes from 64 bytes to 64 KiB that hardly ever come again, at most eight at a time: 512 KiB.
      live.push(take(heap, 64 + ((i * 7919) % 65_472)));
      if (live.length === 8) giveBack(live.splice((i * 31) % 8, 1)[0]!);
      if (i % 1000 === 0) expect(faults(live, memory)).toEqual([]);
    }
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(4 * 8 * 65_536);
  });

  it('that grow by a little each time are cut from those that were freed before', () => {
    const { heap, memory } = heapOf(1000);
    let last: Buffer | undefined;
    for (let bytes = 64; bytes <= 100_000; bytes += 64) {
      const next = take(heap, bytes);
      if (last !== undefined) giveBack(last);
      last = next;
    }
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(8 * 100_000);
  });

  it('that touch are gathered into one large enough for what none of them could hold', () => {
    const { heap, memory } = heapOf(4);
    const small = Array.from({ length: 48 }, () => take(heap, 4096));
    const size = memory.buffer.byteLength;
    for (const buffer of small) giveBack(buffer);
    const large = take(heap, 150_000);
    expect(large.address).toBe(small[0]!.address);
    expect(memory.buffer.byteLength).toBe(size);
    expect(faults([large], memory)).toEqual([]);
  });

  it('that are gathered leave the live ones between them alone', () => {
    const { heap, memory } = heapOf(4);
    const small = Array.from({ length: 48 }, () => take(heap, 4096));
    const kept = small.filter((_, i) => i % 12 === 11);
    for (const buffer of small) if (!kept.includes(buffer)) giveBack(buffer);
    const live = [...kept];
    for (let i = 0; i < 4; i++) live.push(take(heap, 11 * 4096));
    expect(faults(live, memory)).toEqual([]);
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(4 * PAGE);
  });

  it('that memory has no room for are an error with a sentence, after which smaller ones are still to be had', () => {
    const { heap, memory } = heapOf(4);
    expect(() => take(heap, 5 * PAGE)).toThrow(DeviceError);
    expect(() => take(heap, 5 * PAGE)).toThrow(/^simd is out of memory: 327680 bytes more than the \d+ in use$/);
    const live = [take(heap, 3 * PAGE)];
    expect(() => take(heap, PAGE)).toThrow(/^simd is out of memory/);
    live.push(take(heap, PAGE / 2));
    expect(faults(live, memory)).toEqual([]);
    giveBack(live[0]!);
    expect(take(heap, 3 * PAGE).address).toBe(live[0]!.address);
  });

  it('that are larger than all that can be addressed are the same error, and the memory does not grow for them', () => {
    const { heap, memory } = heapOf(65_536);
    for (const bytes of [5 * 2 ** 30, 2 ** 32]) {
      expect(() => take(heap, bytes)).toThrow(/^simd is out of memory/);
      expect(memory.buffer.byteLength).toBe(PAGE);
    }
    expect(faults([take(heap, PAGE)], memory)).toEqual([]);
  });

  it('are found in freed memory when memory cannot grow, however little of it is free', () => {
    const { heap } = heapOf(4);
    const small = Array.from({ length: 60 }, () => take(heap, 4096));
    for (const buffer of small.slice(4, 8)) giveBack(buffer);
    // 16 KiB of 256 are free, in four buffers that touch.
    expect(take(heap, 4 * 4096).address).toBe(small[4]!.address);
  });
});
