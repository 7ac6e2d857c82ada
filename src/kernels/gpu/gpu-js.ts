import * as module from 'gpu.js';
import { DeviceError } from '../../errors.js';
import type { DeviceName } from '../device.js';

/** What a kernel takes and returns: host arrays on `cpu` and `webasm`, handles of device memory on the others. */
export type KernelValue = Float32Array | Handle;

/** A matrix in GPU memory: a texture on `webgl2`, a storage buffer on `webgpu`. */
export interface Handle {
  toArray(): KernelArray | Promise<KernelArray>;
  delete(): void;
  clone(): Handle;
}

export type KernelArray = Float32Array | readonly Float32Array[];

/** The part of gpu.js's kernel objects that this project relies on; its own typings lack most of it. */
export interface GpuKernel {
  readonly constructor: { readonly mode: string };
  readonly fallbackReason: string | null;
  run(...args: readonly unknown[]): unknown;
  destroy(): void;
}

export interface KernelShortcut {
  (...args: readonly unknown[]): unknown;
  readonly kernel: GpuKernel;
}

export interface KernelSettings {
  readonly output: readonly number[];
  /** Loops are cut at 1000 iterations without a word when this is not set. */
  readonly loopMaxIterations: number;
  readonly precision: 'single';
  readonly pipeline: boolean;
  readonly immutable: boolean;
}

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
  readonly WebGPUContext: {
    acquire(): Promise<{ readonly adapter: unknown; readonly device: unknown }>;
    destroy(): Promise<void>;
  };
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
  if ('error' in result) throw compileError(mode, label, result.error);
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
  if (kernel.constructor.mode === mode && (kernel.fallbackReason ?? null) === null) return;
  const reason = kernel.fallbackReason ?? warnings[0] ?? 'no reason given';
  throw new DeviceError(`${label} does not run on ${mode}: gpu.js chose ${kernel.constructor.mode} (${reason})`);
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
  const { warn } = console;
  console.warn = (...parts: readonly unknown[]) => {
    warnings.push(parts.map(String).join(' '));
  };
  try {
    return { result: work(), warnings };
  } finally {
    console.warn = warn;
  }
}
