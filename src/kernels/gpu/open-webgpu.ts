// What is loaded when WebGPU is asked for, and not before.
export { acquireWebGpu } from './webgpu-adapter.js';
export { webgpuDevice } from './webgpu-device.js';
