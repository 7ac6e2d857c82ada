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
let withdraw: (() => void) | undefined;
/** Openings and closings one after another, so that none meets another's half-made or half-gone GPU device. */
let turn: Promise<unknown> = Promise.resolve();

/** Opens WebGPU: the browser's, or in Node the one of the optional package `webgpu`. Rejects with the reason when there is none. */
export function acquireWebGpu(): Promise<WebGpu> {
  const opened = turn.then(open);
  turn = opened.catch(() => {});
  return opened;
}

async function open(): Promise<WebGpu> {
  try {
    if (holder.navigator?.gpu === undefined) withdraw = await provide();
    const context = await gpuJs.WebGPUContext.acquire();
    context.device.onuncapturederror = ({ error }) => {
      for (const listener of listeners) listener(error.message);
    };
    users++;
    return opened(context);
  } catch (error) {
    await close();
    throw new DeviceError(`webgpu cannot run here: ${reasonFor(error)}`, { cause: error });
  }
}

function opened(context: WebGpuContext): WebGpu {
  const { info, isFallbackAdapter } = context.adapter as GpuAdapter;
  const { vendor, architecture, device, description } = info ?? {};
  const name = description || [vendor, architecture || device].filter(Boolean).join(' ') || 'unknown adapter';
  const isFallback = (info?.isFallbackAdapter ?? isFallbackAdapter) === true;
  const hardware = !isFallback && !software.test([vendor, architecture, device, description].join(' '));
  let listening: ((message: string) => void) | undefined;
  let released = false;
  return {
    adapter: hardware ? name : `${name} (software)`,
    hardware,
    context,
    onError: listener => {
      listening = listener;
      listeners.add(listener);
    },
    release: () => {
      if (released) return;
      released = true;
      if (listening !== undefined) listeners.delete(listening);
      users--;
      turn = turn.then(close);
    },
  };
}

/** Destroys the GPU device once nobody uses it, and takes away what was provided: Dawn keeps the process alive until then. */
async function close(): Promise<void> {
  if (users > 0) return;
  await gpuJs.WebGPUContext.destroy();
  withdraw?.();
  withdraw = undefined;
}

/** Defines `navigator.gpu` from the package `webgpu`; returns what takes it away again. */
async function provide(): Promise<() => void> {
  if (!('process' in globalThis)) throw new Error('this browser has no WebGPU');
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
