import { DeviceError } from '../../errors.js';
import { withRelaxedSimd } from './relaxed-simd.js';
import { local } from './wasm-local.generated.js';
import { shared } from './wasm-shared.generated.js';
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

/** Whether kernels are for one thread or for several that share a memory, and whether they may fuse products and sums. */
export interface KernelKind {
  readonly shared: boolean;
  /** False: nowhere; else where the engine can. */
  readonly fused?: boolean | undefined;
}

const compiled = new Map<string, WasmModule>();

/** The compiled kernels; compiled once in a process, and handed to its workers. Throws a DeviceError where there is no WebAssembly SIMD. */
export function kernelModule({ shared: isShared, fused = true }: KernelKind = { shared: false }): WasmModule {
  const [kind, variant] = [isShared ? 'shared' : 'local', fused ? 'usual' : 'plain'];
  const known = compiled.get(`${kind} ${variant}`);
  if (known !== undefined) return known;
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Module } = webAssembly;
  const binaries = isShared ? shared : local;
  const module =
    (fused ? withRelaxedSimd(() => new Module(bytesOf(binaries.fused))) : undefined) ??
    asDeviceErrors(() => new Module(bytesOf(binaries.plain)));
  compiled.set(`${kind} ${variant}`, module);
  return module;
}

/** Takes over what another thread has compiled. */
export function adoptKernelModule(module: WasmModule): void {
  compiled.set('local usual', module);
}

/** The kernels in a new memory. Throws a DeviceError where there is no room for one, or no WebAssembly SIMD. */
export function instantiate(kind: KernelKind): KernelInstance {
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Memory } = webAssembly;
  const module = kernelModule(kind);
  const memory = asDeviceErrors(() => new Memory({ initial: INITIAL_PAGES, maximum: 65_536, shared: kind.shared }));
  const { exports } = new webAssembly.Instance(module, { env: { memory, abort, now } });
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

const now = () => performance.now();

function abort(): never {
  throw new DeviceError('simd: a kernel has failed');
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
