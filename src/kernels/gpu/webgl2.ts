import { DeviceError } from '../../errors.js';
import type { Backend } from './backend.js';
import { firstCall, flatArray, gpuJs, type Handle, type KernelArray, type KernelShortcut } from './gpu-js.js';

const settings = { pipeline: true, immutable: true } as const;
const software = /swiftshader|llvmpipe|software|basic render/i;

/** Upload kernels that are kept, one for each number of elements. */
const MAX_UPLOAD_KERNELS = 64;

/** gpu.js's `webgl2` mode (browsers): matrices are textures. Throws a DeviceError where there is no WebGL2. */
export function webgl2Backend(): Backend<Handle> {
  const renderer = webgl2Renderer();
  const gpu = new gpuJs.GPU({ mode: 'webgl2' });
  const uploads = new Map<number, KernelShortcut>();

  /** gpu.js has no upload of its own: a kernel that returns its argument. */
  const uploader = (size: number): KernelShortcut => {
    let kernel = uploads.get(size);
    if (kernel === undefined) {
      const source = 'function upload(a) { return a[this.thread.x]; }';
      kernel = gpu.createKernel(source, { output: [size], loopMaxIterations: 1, precision: 'single', ...settings });
      const [oldest] = uploads;
      if (oldest !== undefined && uploads.size >= MAX_UPLOAD_KERNELS) {
        uploads.delete(oldest[0]);
        oldest[1].kernel.destroy();
      }
      uploads.set(size, kernel);
    }
    return kernel;
  };

  return {
    name: 'webgl2',
    adapter: software.test(renderer) ? `${renderer} (software)` : renderer,
    hardware: !software.test(renderer),
    gpu,
    dialect: { layout: 'grid', exactSums: false, unroll: 4 },
    settings,
    upload: values => {
      const upload = uploader(values.length);
      return firstCall('webgl2', `upload [${values.length}]`, upload, () => upload(values)) as Handle;
    },
    result: returned => returned as Handle,
    launcher: shortcut => args => shortcut(...args) as Handle,
    read: (value, size) => flatArray(value.toArray() as KernelArray).subarray(0, size),
    clone: value => value.clone(),
    free: value => value.delete(),
    close: () => {
      for (const { kernel } of uploads.values()) kernel.destroy();
      void gpu.destroy();
    },
  };
}

interface WebGl {
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL?: number; loseContext?(): void } | null;
  getParameter(name: number): unknown;
}

/** The name of what draws, for people; throws where nothing does. */
function webgl2Renderer(): string {
  const Canvas = (
    globalThis as { OffscreenCanvas?: new (w: number, h: number) => { getContext(kind: string): WebGl | null } }
  ).OffscreenCanvas;
  if (Canvas === undefined) throw new DeviceError('webgl2 cannot run here: it needs a browser');
  const gl = new Canvas(1, 1).getContext('webgl2');
  if (gl === null || !gpuJs.GPU.isWebGL2Supported)
    throw new DeviceError('webgl2 cannot run here: the browser has no WebGL2');
  const name = gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  const renderer = name === undefined ? 'WebGL2' : String(gl.getParameter(name));
  gl.getExtension('WEBGL_lose_context')?.loseContext?.();
  return renderer;
}
