import { DeviceError, didYouMean, InputError } from '../errors.js';
import { DEVICE_NAMES, type Device, type DeviceName } from './device.js';
import { cpuBackend } from './gpu/cpu.js';
import { gpuJs } from './gpu/gpu-js.js';
import { syncDevice } from './gpu/sync-device.js';
import { webasmBackend } from './gpu/webasm.js';
import { webgl2Backend } from './gpu/webgl2.js';
import { acquireWebGpu } from './gpu/webgpu-adapter.js';
import { webgpuDevice } from './gpu/webgpu-device.js';

const NAMES: readonly string[] = ['auto', ...DEVICE_NAMES];

/** The CPU device that trains small networks fastest. */
const FASTEST_CPU = 'webasm';

/** Opens a CPU device at once: `webasm`, or `cpu` where it is asked for or there is no WebAssembly. */
export function openCpuDevice(name?: 'webasm' | 'cpu', reason?: string): Device {
  const able = gpuJs.GPU.isWebAssemblySupported;
  if (name === 'webasm' && !able) throw new DeviceError('webasm cannot run here: there is no WebAssembly');
  if (name !== undefined && name !== 'webasm' && name !== 'cpu') {
    throw new InputError(`there is no CPU device ${JSON.stringify(name)}; there are webasm, cpu`);
  }
  const chosen = name ?? (able ? FASTEST_CPU : 'cpu');
  return chosen === 'cpu' ? syncDevice(cpuBackend(), reason) : syncDevice(webasmBackend(), reason);
}

let shared: Device | undefined;

/** The device of networks for which none was asked: one shared CPU device, opened when it is first needed. */
export function defaultDevice(): Device {
  shared ??= openCpuDevice(undefined, 'the fastest CPU device');
  return shared;
}

/**
 * Opens a device by name; rejects with a DeviceError that says why when it cannot run here, with an InputError for another name. `auto` (the default) takes a
 * hardware GPU when there is one and else the fastest CPU device, and says so in the device's `reason`.
 */
export async function openDevice(name: DeviceName | 'auto' = 'auto'): Promise<Device> {
  switch (name) {
    case 'webgpu':
      return webgpuDevice(await acquireWebGpu());
    case 'webgl2':
      return syncDevice(webgl2Backend());
    case 'auto':
      return openBest();
    case 'cpu':
    case 'webasm':
      return openCpuDevice(name);
    default:
      throw new InputError(
        `there is no device ${JSON.stringify(name)}${didYouMean(String(name), NAMES)}; devices are ${NAMES.join(', ')}`,
      );
  }
}

async function openBest(): Promise<Device> {
  const refusals: string[] = [];
  for (const name of ['webgpu', 'webgl2'] as const) {
    try {
      const device = name === 'webgpu' ? await openHardwareWebGpu() : syncDevice(webgl2Backend(), 'a hardware GPU');
      if (device.hardware) return device;
      device.close();
      refusals.push(`${name} is ${device.adapter}`);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  return openCpuDevice(undefined, `the fastest CPU device; no hardware GPU: ${refusals.join('; ')}`);
}

async function openHardwareWebGpu(): Promise<Device> {
  if (!mayHaveGpu()) throw new DeviceError('webgpu: this machine has no GPU device file');
  return webgpuDevice(await acquireWebGpu(), 'a hardware GPU');
}

/** False on a Linux without any GPU device file; looking spares it the time and the warnings of a search for drivers. */
function mayHaveGpu(): boolean {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  const fs = process?.platform === 'linux' ? process.getBuiltinModule?.('node:fs') : undefined;
  if (fs === undefined) return true;
  return ['/dev/dri', '/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'].some(file => fs.existsSync(file));
}
