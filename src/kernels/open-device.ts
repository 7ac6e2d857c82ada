import { DeviceError, didYouMean, InputError } from '../errors.js';
import { DEVICE_NAMES, type Device, type DeviceName } from './device.js';
import { simdDevice } from './simd/simd-device.js';

const NAMES: readonly string[] = ['auto', ...DEVICE_NAMES];

let shared: Device | undefined;

/** The device of networks for which none was asked: one shared `simd`, opened when it is first needed. Throws a DeviceError where WebAssembly SIMD is missing. */
export function defaultDevice(): Device {
  shared ??= simdDevice({ reason: FASTEST });
  return shared;
}

const FASTEST = 'the fastest CPU device';

/** Options of `openDevice`. */
export interface OpenDeviceOptions {
  /** Threads of `simd`, at most. Default: the cores in Node.js's main thread; 1 in workers and browsers. */
  readonly threads?: number | undefined;
  /** Whether products of `simd` may round a multiplication and an addition once; true. */
  readonly fused?: boolean | undefined;
}

/**
 * Opens a device by name; rejects with a DeviceError that says why when it cannot run here, with an InputError for another name. `auto` (the default) takes a
 * hardware GPU when there is one and else `simd`, and says so in the device's `reason`.
 */
export async function openDevice(name: DeviceName | 'auto' = 'auto', options: OpenDeviceOptions = {}): Promise<Device> {
  switch (name) {
    case 'auto':
      return openBest(options);
    case 'simd':
      return simdDevice(options);
    case 'webgpu': {
      const { acquireWebGpu, webgpuDevice } = await loadWebGpu();
      return webgpuDevice(await acquireWebGpu());
    }
    case 'webgl2':
    case 'webasm':
    case 'cpu':
      return (await loadGpuJs()).openGpuJsDevice(name);
    default:
      throw new InputError(
        `there is no device ${JSON.stringify(name)}${didYouMean(String(name), NAMES)}; devices are ${NAMES.join(', ')}`,
      );
  }
}

// gpu.js takes longer to load than a small network to train, and simd does without.
const loadGpuJs = () => import('./gpu/open-gpu-js.js');
const loadWebGpu = () => import('./gpu/open-webgpu.js');

async function openBest(options: OpenDeviceOptions): Promise<Device> {
  const refusals: string[] = [];
  for (const name of ['webgpu', 'webgl2'] as const) {
    try {
      const device = name === 'webgpu' ? await openHardwareWebGpu() : await openHardwareWebGl();
      if (device.hardware) return device;
      device.close();
      refusals.push(`${name} is ${device.adapter}`);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  return simdDevice({ ...options, reason: `${FASTEST}; no hardware GPU: ${refusals.join('; ')}` });
}

async function openHardwareWebGl(): Promise<Device> {
  if (!('OffscreenCanvas' in globalThis || 'document' in globalThis)) {
    throw new DeviceError('webgl2 cannot run here: it needs a browser');
  }
  return (await loadGpuJs()).openGpuJsDevice('webgl2', HARDWARE);
}

const HARDWARE = 'a hardware GPU';

async function openHardwareWebGpu(): Promise<Device> {
  if (!mayHaveGpu()) throw new DeviceError('webgpu: this machine has no GPU device file');
  const { acquireWebGpu, webgpuDevice } = await loadWebGpu();
  return webgpuDevice(await acquireWebGpu(), HARDWARE);
}

/** False on a Linux without any GPU device file; looking spares it the time and the warnings of a search for drivers. */
function mayHaveGpu(): boolean {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  const fs = process?.platform === 'linux' ? process.getBuiltinModule?.('node:fs') : undefined;
  if (fs === undefined) return true;
  return ['/dev/dri', '/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'].some(file => fs.existsSync(file));
}
