import { DeviceError } from '../../errors.js';
import { gpuJs, type WebGpuContext } from './gpu-js.js';

interface GpuAdapter {
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}
interface NavigatorGpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

/** WebGPU as it was found here, shared by all devices that are open on it. */
export interface WebGpu {
  readonly adapter: string;
  readonly hardware: boolean;
  readonly context: WebGpuContext;
  /** Calls back with what went wrong on the GPU outside of any call: out of memory, a lost device. */
  onError(listener: (message: string) => void): void;
  /** Gives it back; when all have, the GPU device is destroyed and the process may exit. */
  release(): void;
}

const holder = globalThis as { navigator?: { gpu?: NavigatorGpu } };
const software = /swiftshader|llvmpipe|lavapipe|software|basic render/i;
const listeners = new Set<(message: string) => void>();
let users = 0;
let provided: (() => void) | undefined;

/** Opens WebGPU: the browser's, or in Node the one of the optional package `webgpu`. Rejects with the reason when there is none. */
export async function acquireWebGpu(): Promise<WebGpu> {
  users++;
  let released = false;
  let listening: ((message: string) => void) | undefined;
  const release = () => {
    if (released) return;
    released = true;
    if (listening !== undefined) listeners.delete(listening);
    if (--users > 0) return;
    const withdraw = provided;
    provided = undefined;
    void gpuJs.WebGPUContext.destroy().then(withdraw);
  };
  try {
    if (holder.navigator?.gpu === undefined) provided = await provide();
    const context = await gpuJs.WebGPUContext.acquire();
    context.device.onuncapturederror = ({ error }) => {
      for (const listener of listeners) listener(error.message);
    };
    const { info, isFallbackAdapter } = context.adapter as GpuAdapter;
    const name =
      info?.description ||
      [info?.vendor, info?.architecture || info?.device].filter(Boolean).join(' ') ||
      'unknown adapter';
    const words = [info?.vendor, info?.architecture, info?.device, info?.description].join(' ');
    const isSoftware = (info?.isFallbackAdapter ?? isFallbackAdapter) === true || software.test(words);
    return {
      adapter: isSoftware && !/\(software\)/.test(name) ? `${name} (software)` : name,
      hardware: !isSoftware,
      context,
      onError: listener => {
        listening = listener;
        listeners.add(listener);
      },
      release,
    };
  } catch (error) {
    release();
    throw new DeviceError(`webgpu cannot run here: ${reasonFor(error)}`, { cause: error });
  }
}

/** Defines `navigator.gpu` from the package `webgpu`; returns what takes it away again. */
async function provide(): Promise<() => void> {
  // A name that bundlers cannot follow: browsers never come here.
  const library = 'webgpu';
  const dawn = (await import(/* @vite-ignore */ library)) as {
    create(options: readonly string[]): NavigatorGpu;
    readonly globals: object;
  };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  const made = holder.navigator === undefined;
  if (made) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  Object.defineProperty(holder.navigator, 'gpu', { value: gpu, configurable: true });
  return () => {
    if (made) delete holder.navigator;
    else delete holder.navigator?.gpu;
  };
}

function reasonFor(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = (error as { code?: unknown } | null)?.code;
  if (missing === 'ERR_MODULE_NOT_FOUND') return 'the optional package "webgpu" is not installed';
  if (missing === 'ERR_DLOPEN_FAILED') return `the package "webgpu" does not load (${message})`;
  if (/no adapter is available/.test(message)) {
    return 'no GPU adapter answers (in Linux a Vulkan driver and libvulkan.so.1 are needed)';
  }
  return message;
}
