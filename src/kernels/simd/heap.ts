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

/** A stretch of free memory that belongs to no pool. */
interface Stretch {
  address: number;
  bytes: number;
}

/**
 * Manages a memory from address `start` on. Buffers of a size are reused at once. Where there is none, one is cut from a free
 * stretch or from the end; when the end is reached and a good part of the memory is free, or no more is to be had, all free
 * buffers that touch become stretches, and else the memory grows.
 */
export function openHeap(memory: WasmMemory, start: number): Heap {
  const pools = new Map<number, Pool>();
  const views: Views = { f32: new Float32Array(memory.buffer), i32: new Int32Array(memory.buffer) };
  let stretches: Stretch[] = [];
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

  /** From the first stretch that is large enough. */
  const cut = (size: number): number | undefined => {
    const stretch = stretches.find(({ bytes }) => bytes >= size);
    if (stretch === undefined) return undefined;
    const { address } = stretch;
    stretch.address += size;
    stretch.bytes -= size;
    if (stretch.bytes === 0) stretches.splice(stretches.indexOf(stretch), 1);
    return address;
  };

  const extend = (size: number): number => {
    const address = end;
    end += size;
    return address;
  };

  /** Lets the memory grow until a buffer fits at the end; false when there is no more to be had. */
  const growFor = (size: number): boolean => {
    const present = memory.buffer.byteLength / PAGE;
    const missing = Math.ceil((end + size + GRAIN) / PAGE) - present;
    if (present + missing > MOST_PAGES) return false;
    // By half of what there is, so that growing is rare; by what is missing where that is too much.
    const wanted = Math.min(Math.max(missing, Math.ceil(present / 2)), MOST_PAGES - present);
    if (!grow(memory, wanted) && !grow(memory, missing)) return false;
    views.f32 = new Float32Array(memory.buffer);
    views.i32 = new Int32Array(memory.buffer);
    return true;
  };

  const freeBytes = () => {
    let bytes = 0;
    for (const { size, free } of pools.values()) bytes += size * free.length;
    for (const stretch of stretches) bytes += stretch.bytes;
    return bytes;
  };

  /** Makes all free memory into stretches as long as they can be. */
  const gather = () => {
    const parts = [...pools.values()]
      .flatMap(({ size, free }) => free.map((address): Stretch => ({ address, bytes: size })))
      .concat(stretches)
      .sort((a, b) => a.address - b.address);
    for (const { free } of pools.values()) free.length = 0;
    stretches = [];
    for (const part of parts) {
      const last = stretches.at(-1);
      if (last !== undefined && last.address + last.bytes === part.address) last.bytes += part.bytes;
      else stretches.push(part);
    }
    const last = stretches.at(-1);
    if (last === undefined || last.address + last.bytes !== end) return;
    end = last.address;
    stretches.pop();
  };

  const takeNew = (size: number): number => {
    const found = cut(size);
    if (found !== undefined) return found;
    if (fits(size)) return extend(size);
    const plenty = freeBytes() >= GATHER_FROM * memory.buffer.byteLength;
    if (!plenty && growFor(size)) return extend(size);
    gather();
    const gathered = cut(size);
    if (gathered !== undefined) return gathered;
    if (fits(size) || growFor(size)) return extend(size);
    throw new DeviceError(`simd is out of memory: ${size} bytes more than the ${end} in use`);
  };

  return {
    views,
    pool: bytes => poolOf(roundUp(bytes)),
    take: ({ size, free }) => free.pop() ?? takeNew(size),
  };
}

/** The part of the memory that must be free for gathering it to be worth the while. */
const GATHER_FROM = 1 / 4;

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
