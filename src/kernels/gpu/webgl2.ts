import { DeviceError } from '../../errors.js';
import { type Shape, shapeText } from '../graph.js';
import type { Backend } from './backend.js';
import { firstCall, flatArray, gpuJs, type Handle, type KernelArray, type KernelShortcut } from './gpu-js.js';

const settings = { pipeline: true, immutable: true } as const;
const software = /swiftshader|llvmpipe|software|basic render/i;

/** Upload kernels that are kept, one for each shape. */
const MAX_UPLOAD_KERNELS = 64;

/** gpu.js's `webgl2` mode (browsers): matrices are textures. Throws a DeviceError where there is no WebGL2. */
export function webgl2Backend(): Backend<Handle> {
  const renderer = webgl2Renderer();
  const gpu = new gpuJs.GPU({ mode: 'webgl2' });
  const uploads = new Map<string, KernelShortcut>();

  /** gpu.js has no upload of its own: a kernel that returns its argument. */
  const uploader = (shape: Shape): KernelShortcut => {
    const [rows, columns] = shape;
    const key = shapeText(shape);
    let kernel = uploads.get(key);
    if (kernel === undefined) {
      const source = `function upload(a) { return a[this.thread.y * ${columns} + this.thread.x]; }`;
      const output = [columns, rows];
      kernel = gpu.createKernel(source, { output, loopMaxIterations: 1, precision: 'single', ...settings });
      const [oldest] = uploads;
      if (oldest !== undefined && uploads.size >= MAX_UPLOAD_KERNELS) {
        uploads.delete(oldest[0]);
        destroy(oldest[1]);
      }
      uploads.set(key, kernel);
    }
    return kernel;
  };

  return {
    name: 'webgl2',
    adapter: software.test(renderer) ? `${renderer} (software)` : renderer,
    hardware: !software.test(renderer),
    gpu,
    dialect: { layout: 'matrix', exactSums: false, unroll: 4, tiles: false },
    settings,
    upload: (values, shape) => {
      const upload = uploader(shape);
      return firstCall('webgl2', `upload ${shapeText(shape)}`, upload, () => upload(values)) as Handle;
    },
    result: returned => returned as Handle,
    launcher: shortcut => args => shortcut(...args) as Handle,
    read: (value, size) => flatArray(value.toArray() as KernelArray).subarray(0, size),
    free: value => value.delete(),
    destroy,
    close: () => {
      for (const kernel of uploads.values()) destroy(kernel);
      void gpu.destroy();
    },
  };
}

/**
 * All kernels of a context draw with the vertex buffer of the one that was built last. gpu.js deletes that with its kernel,
 * after which the others draw nothing; so it is taken out first and left to the garbage collector.
 */
function destroy({ kernel }: KernelShortcut): void {
  Object.assign(kernel, { buffer: null });
  kernel.destroy();
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
