import { DeviceError } from '../../errors.js';
import { wasm } from './wasm.generated.js';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.js';

/** The functions of the compiled kernels; addresses are bytes. */
export interface Kernels {
  /** Runs the instructions at `program` on the matrices whose addresses stand at `table`. */
  execute(program: number, table: number): void;
  setScratch(registers: number, pack: number): void;
  packBytes(): number;
  /** States where threads meet, 64 bytes of zeros, and how many there are. */
  setThreads(meeting: number, count: number): void;
  /** Ends the other threads. */
  stop(): void;
  /** How many parts of steps other threads have computed. */
  helped(): number;
  /** The first byte that the kernels leave free. */
  heapBase(): number;
}

/** Kernels in a memory of their own. */
export interface KernelInstance {
  readonly module: WasmModule;
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
}

const compiled: { local?: WasmModule; shared?: WasmModule } = {};

/** The compiled kernels; compiled once in a process, and handed to its workers. Throws a DeviceError where there is no WebAssembly SIMD. */
export function kernelModule(kind: 'local' | 'shared' = 'local'): WasmModule {
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Module } = webAssembly;
  const module = compiled[kind] ?? asDeviceErrors(() => new Module(bytesOf(wasm[kind])));
  compiled[kind] = module;
  return module;
}

/** Takes over what another thread has compiled. */
export function adoptKernelModule(module: WasmModule): void {
  compiled.local = module;
}

/** The kernels in a new memory, which threads can share or not. Throws a DeviceError where there is no room for one, or no WebAssembly SIMD. */
export function instantiate(shared: boolean): KernelInstance {
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Memory } = webAssembly;
  const module = kernelModule(shared ? 'shared' : 'local');
  const memory = asDeviceErrors(() => new Memory({ initial: INITIAL_PAGES, maximum: 65_536, shared }));
  const { exports } = new webAssembly.Instance(module, { env: { memory, abort } });
  return { module, kernels: exports as Kernels, memory };
}

function asDeviceErrors<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new DeviceError(`simd cannot run here: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const MISSING = 'simd cannot run here: there is no WebAssembly';

/** 1 MiB */
const INITIAL_PAGES = 16;

function abort(): never {
  throw new DeviceError('simd: a kernel has failed');
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
