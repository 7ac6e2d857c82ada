import { DeviceError } from '../../errors.js';
import type { Device } from '../device.js';
import { cpuBackend } from './cpu.js';
import { gpuJs } from './gpu-js.js';
import { syncDevice } from './sync-device.js';
import { webasmBackend } from './webasm.js';
import { webgl2Backend } from './webgl2.js';

/** Opens a mode of gpu.js that has its results when a call returns. Throws a DeviceError when it cannot run here. */
export function openGpuJsDevice(name: 'webasm' | 'cpu' | 'webgl2', reason?: string): Device {
  if (name === 'webgl2') return syncDevice(webgl2Backend(), reason);
  if (name === 'cpu') return syncDevice(cpuBackend(), reason);
  if (!gpuJs.GPU.isWebAssemblySupported) {
    throw new DeviceError('webasm cannot run here: there is no WebAssembly');
  }
  return syncDevice(webasmBackend(), reason);
}
