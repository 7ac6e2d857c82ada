import { DeviceError } from '../../errors.js';
import type { WasmMemory } from './web-assembly.js';

/** Buffers begin at multiples of this, and end so: a vector may be read and written past the last number. */
const GRAIN = 64;
const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Views of the memory as it is now; a memory that grows gets new ones. */
export interface Views {
  f32: Float32Array;
  i32: Int32Array;
}

/** The free buffers of one size. */
export interface Pool {
  /** Bytes of each. */
  readonly size: number;
  readonly free: number[];
}

/** Buffers in one WebAssembly memory. Addresses are bytes. */
export interface Heap {
  readonly views: Views;
  /** Where buffers of at least so many bytes come from and go back to; always the same for equal sizes. */
  pool(bytes: number): Pool;
  /** A buffer with whatever stood there. Throws a DeviceError when memory is used up. */
  take(pool: Pool): number;
}

/** Manages a memory from address `start` on. Buffers of a size are reused at once; before the memory grows, free ones that touch are put together. */
export function openHeap(memory: WasmMemory, start: number): Heap {
  const pools = new Map<number, Pool>();
  const views: Views = { f32: new Float32Array(memory.buffer), i32: new Int32Array(memory.buffer) };
  let end = roundUp(start);

  const poolOf = (size: number): Pool => {
    let pool = pools.get(size);
    if (pool === undefined) {
      pool = { size, free: [] };
      pools.set(size, pool);
    }
    return pool;
  };

  /** A product reads up to a grain past its operands, so one is left at the end. */
  const fits = (size: number) => end + size + GRAIN <= memory.buffer.byteLength;

  const extend = (size: number): number => {
    if (!fits(size)) {
      const present = memory.buffer.byteLength / PAGE;
      const missing = Math.ceil((end + size + GRAIN) / PAGE) - present;
      // By half of what there is, so that growing is rare; by what is missing where that is too much.
      const wanted = Math.min(Math.max(missing, Math.ceil(present / 2)), MOST_PAGES - present);
      if (!grow(memory, wanted) && !grow(memory, missing)) {
        throw new DeviceError(`simd is out of memory: ${size} bytes more than the ${end} in use`);
      }
      views.f32 = new Float32Array(memory.buffer);
      views.i32 = new Int32Array(memory.buffer);
    }
    const address = end;
    end += size;
    return address;
  };

  /** Puts free neighbours together, gives what lies at the end back, and returns a place of this size if there is one now. */
  const compact = (size: number): number | undefined => {
    const parts = [...pools.values()]
      .flatMap(pool => pool.free.map(address => ({ address, bytes: pool.size })))
      .sort((a, b) => a.address - b.address);
    const merged: { address: number; bytes: number }[] = [];
    for (const part of parts) {
      const last = merged.at(-1);
      if (last !== undefined && last.address + last.bytes === part.address) last.bytes += part.bytes;
      else merged.push(part);
    }
    const last = merged.at(-1);
    if (last !== undefined && last.address + last.bytes === end) {
      end = last.address;
      merged.pop();
    }
    const [best] = merged.filter(({ bytes }) => bytes >= size).sort((a, b) => a.bytes - b.bytes);
    const address = best?.address;
    if (best !== undefined) {
      best.address += size;
      best.bytes -= size;
    }
    for (const pool of pools.values()) pool.free.length = 0;
    for (const part of merged) if (part.bytes > 0) poolOf(part.bytes).free.push(part.address);
    return address;
  };

  return {
    views,
    pool: bytes => poolOf(roundUp(bytes)),
    take: ({ size, free }) => free.pop() ?? (fits(size) ? extend(size) : (compact(size) ?? extend(size))),
  };
}

const roundUp = (bytes: number): number => Math.ceil(Math.max(bytes, 1) / GRAIN) * GRAIN;

function grow(memory: WasmMemory, pages: number): boolean {
  if (pages <= 0) return false;
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}
