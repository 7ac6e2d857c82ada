import { type GpuBuffer, type GpuDevice, gpuJs, type Handle, type WebGpuContext } from './gpu-js.js';

// GPUBufferUsage and GPUMapMode; the standard fixes the numbers, and they are globals only in browsers.
const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const STORAGE = 0x80;
const MAP_MODE_READ = 0x1;

/** A storage buffer with these values, as gpu.js's kernels take it. */
export function uploaded(context: WebGpuContext, values: Float32Array): Handle {
  const usage = STORAGE | COPY_SRC;
  const buffer = context.device.createBuffer({ size: values.byteLength, usage, mappedAtCreation: true });
  new Float32Array(buffer.getMappedRange()).set(values);
  buffer.unmap();
  return new gpuJs.WebGPUBufferResult({ buffer, output: [values.length], context, kernel: null });
}

/** Submits a copy of the buffer before it returns, and resolves with the values that the buffer then held. */
export async function readBuffer(device: GpuDevice, from: GpuBuffer, bytes: number): Promise<Float32Array> {
  const staging = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_MODE_READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}
