import * as module from 'gpu.js';
import { DeviceError } from '../../errors.js';
import type { DeviceName } from '../device.js';

/** A matrix in GPU memory: a texture on `webgl2`, a storage buffer on `webgpu`. */
export interface Handle {
  /** `webgpu` only. */
  readonly buffer: GpuBuffer;
  toArray(): KernelArray | Promise<KernelArray>;
  delete(): void;
  clone(): Handle;
}

/** What a kernel of gpu.js takes or returns: values in one row, or row by row. */
export type KernelArray = Float32Array | readonly Float32Array[];

/** The flat values of a result; a two-dimensional one is an array of rows. */
export function flatArray(returned: KernelArray): Float32Array {
  if (returned instanceof Float32Array) return returned;
  const [first] = returned as readonly [Float32Array];
  const flat = new Float32Array(first.length * returned.length);
  for (let r = 0; r < returned.length; r++) flat.set(returned[r] as Float32Array, r * first.length);
  return flat;
}

/** The part of gpu.js's kernel objects that this project relies on; its own typings lack most of it. */
export interface GpuKernel {
  readonly constructor: { readonly mode: string };
  readonly fallbackReason: string | null;
  run(...args: readonly unknown[]): unknown;
  destroy(): void;
}

/** A compiled kernel as gpu.js hands it out: a function with the kernel behind it. */
export interface KernelShortcut {
  (...args: readonly unknown[]): unknown;
  readonly kernel: GpuKernel;
}

/** The settings of gpu.js that are used here. */
export interface KernelSettings {
  readonly output: readonly number[];
  /** Loops are cut at 1000 iterations without a word when this is not set. */
  readonly loopMaxIterations: number;
  readonly precision: 'single';
  readonly pipeline: boolean;
  readonly immutable: boolean;
}

/** An instance of gpu.js in one mode. */
export interface Gpu {
  createKernel(source: string, settings: KernelSettings): KernelShortcut;
  destroy(): Promise<void>;
}

interface GpuJs {
  readonly GPU: {
    new (settings: { readonly mode: string }): Gpu;
    isWebGPUAvailable(): Promise<boolean>;
    readonly isWebGL2Supported: boolean;
    readonly isWebAssemblySupported: boolean;
  };
  readonly WebGL2Kernel: unknown;
  readonly WebGPUContext: { acquire(): Promise<WebGpuContext>; destroy(): Promise<void> };
  readonly WebGPUBufferResult: new (settings: {
    readonly buffer: GpuBuffer;
    readonly output: readonly number[];
    readonly context: WebGpuContext;
    readonly kernel: null;
  }) => Handle;
}

/** The GPU device that all of gpu.js's `webgpu` kernels share. */
export interface WebGpuContext {
  readonly adapter: unknown;
  readonly device: GpuDevice;
}

/** The part of the WebGPU standard that this project uses beside gpu.js. */
export interface GpuDevice {
  readonly queue: { submit(commands: readonly unknown[]): void; onSubmittedWorkDone(): Promise<unknown> };
  createBuffer(settings: {
    readonly size: number;
    readonly usage: number;
    readonly mappedAtCreation?: boolean;
  }): GpuBuffer;
  createCommandEncoder(): {
    copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, toOffset: number, bytes: number): void;
    finish(): unknown;
  };
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
}
/** The part of WebGPU's GPUBuffer that is used here. */
export interface GpuBuffer {
  readonly size: number;
  getMappedRange(): ArrayBuffer;
  mapAsync(mode: number): Promise<unknown>;
  unmap(): void;
  destroy(): void;
}

/** The gpu.js module, whichever way it was bundled. */
export const gpuJs: GpuJs = (() => {
  const loaded = module as unknown as GpuJs & { readonly default?: GpuJs };
  return loaded.GPU ? loaded : (loaded.default as GpuJs);
})();

/**
 * Runs `work` with gpu.js's warnings collected in place of printed, and throws a DeviceError with them when the kernel
 * did not stay in the mode that was asked for: gpu.js itself degrades to `cpu` with no more than a warning.
 */
export function firstCall<T>(mode: DeviceName, label: string, shortcut: KernelShortcut, work: () => T): T {
  const { warnings, result } = collectWarnings(() => {
    try {
      return { value: work() };
    } catch (error) {
      return { error };
    }
  });
  if ('error' in result) throw compileError(mode, label, warnings[0] ?? result.error);
  assertMode(mode, label, shortcut, warnings);
  return result.value as T;
}

/** Throws a DeviceError unless the kernel runs in `mode`. */
export function assertMode(
  mode: DeviceName,
  label: string,
  shortcut: KernelShortcut,
  warnings: readonly string[] = [],
) {
  const { kernel } = shortcut;
  // The WebGL kernels all call their mode `gpu`.
  const actual = kernel.constructor === gpuJs.WebGL2Kernel ? 'webgl2' : kernel.constructor.mode;
  if (actual === mode && (kernel.fallbackReason ?? null) === null) return;
  const reason = kernel.fallbackReason ?? warnings[0] ?? 'no reason given';
  throw new DeviceError(`${label} does not run on ${mode}: gpu.js chose ${actual} (${reason})`);
}

/** The DeviceError for a kernel that did not compile or failed while running. */
export function compileError(mode: DeviceName, label: string, error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DeviceError(`${label} failed on ${mode}: ${reason}`, { cause: error });
}

function collectWarnings<T>(work: () => T): { readonly warnings: string[]; readonly result: T } {
  const warnings: string[] = [];
  const { console } = globalThis;
  const { warn, error } = console;
  const collect = (...parts: readonly unknown[]) => {
    warnings.push(parts.map(String).join(' '));
  };
  Object.assign(console, { warn: collect, error: collect });
  try {
    return { result: work(), warnings };
  } finally {
    Object.assign(console, { warn, error });
  }
}
