import type { Backend } from './backend.js';
import { gpuJs } from './gpu-js.js';

/** gpu.js's `cpu` mode: JavaScript on plain arrays, sums in float64. */
export function cpuBackend(): Backend<Float32Array> {
  const gpu = new gpuJs.GPU({ mode: 'cpu' });
  return {
    name: 'cpu',
    adapter: 'JavaScript',
    hardware: false,
    gpu,
    dialect: { layout: 'flat', exactSums: true, unroll: 8, tiles: false },
    settings: { pipeline: false, immutable: false },
    upload: values => values,
    result: returned => returned as Float32Array,
    // After the build, `run` is the compiled function itself: the shortcut around it only repeats its checks.
    launcher: ({ kernel }) => {
      const run = kernel.run.bind(kernel);
      return args => run(...args) as Float32Array;
    },
    read: value => value,
    free: () => {},
    destroy: ({ kernel }) => kernel.destroy(),
    close: () => void gpu.destroy(),
  };
}
