import type { Device } from '../../src/kernels/device.js';
import { openGpuJsDevice } from '../../src/kernels/gpu/open-gpu-js.js';
import { simdDevice } from '../../src/kernels/simd/simd-device.js';

/** The devices that run on every machine. */
export const CPU_DEVICES = ['simd', 'webasm', 'cpu'] as const;

/** Opens one at once. */
export const openCpuDevice = (name: (typeof CPU_DEVICES)[number] = 'simd'): Device =>
  name === 'simd' ? simdDevice() : openGpuJsDevice(name);
