import { DeviceError } from '../../errors.js';
import { withRelaxedSimd } from './relaxed-simd.js';
import { local } from './wasm-local.generated.js';
import { shared } from './wasm-shared.generated.js';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.js';
import { hasWideVectors } from './wide-vectors.js';

/** The functions of the compiled kernels; addresses are bytes. */
export interface Kernels {
  /** Runs the instructions at `program` on the matrices whose addresses stand at `table`. */
  execute(program: number, table: number): void;
  /** Copies rows of `columns` numbers of the matrix at `from`, those whose numbers stand at `order`, to `to`. */
  gatherRows(to: number, from: number, order: number, rows: number, columns: number): void;
  setScratch(registers: number, pack: number): void;
  packBytes(): number;
  /** States where threads meet, 64 bytes of zeros, and how many there are. */
  setThreads(meeting: number, count: number): void;
  /** States for this thread that the engine makes one instruction out of two on neighbouring vectors; `scratch` is 16 bytes, 16-byte aligned. */
  setWide(scratch: number): void;
  /** Ends the other threads. */
  stop(): void;
  /** How many parts of steps other threads have computed. */
  helped(): number;
  /** The first byte that the kernels leave free. */
  heapBase(): number;
}

/** Compiled kernels, which threads may hand to each other. */
export interface KernelCode {
  readonly module: WasmModule;
  /** Whether the engine makes one instruction out of two on neighbouring vectors when it compiles them. */
  readonly wide: boolean;
}

/** Kernels in a memory of their own. */
export interface KernelInstance {
  readonly code: KernelCode;
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
}

/** Whether kernels are for one thread or for several that share a memory, and whether they may fuse products and sums. */
export interface KernelKind {
  readonly shared: boolean;
  /** False: nowhere; else where the engine can. */
  readonly fused?: boolean | undefined;
  /** Whether tiles are those for wide vectors; as the engine is, unless stated. */
  readonly wide?: boolean | undefined;
}

const compiled = new Map<string, KernelCode>();

/** The compiled kernels; compiled once in a process, and handed to its workers. Throws a DeviceError where there is no WebAssembly SIMD. */
export function kernelCode({ shared: isShared, fused = true }: KernelKind = { shared: false }): KernelCode {
  const [kind, variant] = [isShared ? 'shared' : 'local', fused ? 'usual' : 'plain'];
  const known = compiled.get(`${kind} ${variant}`);
  if (known !== undefined) return known;
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Module } = webAssembly;
  const binaries = isShared ? shared : local;
  const module =
    (fused ? withRelaxedSimd(() => new Module(bytesOf(binaries.fused))) : undefined) ??
    asDeviceErrors(() => new Module(bytesOf(binaries.plain)));
  const code = { module, wide: hasWideVectors() };
  compiled.set(`${kind} ${variant}`, code);
  return code;
}

/** Takes over what another thread has compiled. */
export function adoptKernelCode(code: KernelCode): void {
  compiled.set('local usual', code);
}

/** The kernels in a new memory. Throws a DeviceError where there is no room for one, or no WebAssembly SIMD. */
export function instantiate(kind: KernelKind): KernelInstance {
  if (webAssembly === undefined) throw new DeviceError(MISSING);
  const { Memory } = webAssembly;
  const { module, wide } = kernelCode(kind);
  const memory = asDeviceErrors(() => new Memory({ initial: INITIAL_PAGES, maximum: 65_536, shared: kind.shared }));
  const { exports } = new webAssembly.Instance(module, { env: { memory, abort, now } });
  const kernels = exports as Kernels;
  const isWide = kind.wide ?? wide;
  if (isWide) kernels.setWide((kernels.heapBase() + 15) & ~15);
  return { code: { module, wide: isWide }, kernels, memory };
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
