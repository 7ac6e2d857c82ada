import { DeviceError } from '../errors.js';
import { DEVICE_NAMES, type Device, type DeviceName } from './device.js';
import { cpuBackend } from './gpu/cpu.js';
import { gpuJs } from './gpu/gpu-js.js';
import { syncDevice } from './gpu/sync-device.js';
import { webasmBackend } from './gpu/webasm.js';

/** The CPU device that trains small networks fastest. */
const FASTEST_CPU = 'webasm';

/** Opens a CPU device at once; `webasm` by default. */
export function openCpuDevice(name: 'webasm' | 'cpu' = FASTEST_CPU): Device {
  if (name === 'cpu') return syncDevice(cpuBackend());
  if (!gpuJs.GPU.isWebAssemblySupported) throw new DeviceError('webasm cannot run here: there is no WebAssembly');
  return syncDevice(webasmBackend());
}

let shared: Device | undefined;

/** The device of networks for which none was asked: one shared CPU device, opened when it is first needed. */
export function defaultDevice(): Device {
  shared ??= openCpuDevice();
  return shared;
}

/** Opens a device by name, or with `auto` a hardware GPU when there is one and else the fastest CPU device. */
export async function openDevice(name: DeviceName | 'auto' = 'auto'): Promise<Device> {
  if (name === 'cpu' || name === 'webasm') return openCpuDevice(name);
  if (name === 'auto') return openCpuDevice();
  throw new DeviceError(`${name} cannot run here; devices are ${DEVICE_NAMES.join(', ')}`);
}
