import type { Backend } from './backend.js';
import type { Tile } from './dialect.js';
import { type GpuKernel, gpuJs } from './gpu-js.js';
import { untile } from './tile.js';

/** gpu.js's `webasm` mode: WebAssembly SIMD, sums in float32. */
export function webasmBackend(): Backend<Float32Array> {
  const gpu = new gpuJs.GPU({ mode: 'webasm' });
  return {
    name: 'webasm',
    adapter: 'WebAssembly SIMD',
    hardware: false,
    gpu,
    dialect: { layout: 'grid', exactSums: false, unroll: 4, tiles: true },
    settings: { pipeline: false, immutable: false },
    upload: values => values,
    // Of rows or tiles, as gpu.js makes them: the launcher has the flat values.
    result: () => undefined,
    launcher: ({ kernel }, tile) => launcher(kernel, tile),
    read: value => value,
    free: () => {},
    destroy: ({ kernel }) => kernel.destroy(),
    close: () => void gpu.destroy(),
  };
}

/** What gpu.js 2.24.1 keeps of a built kernel; the package pins that version. */
interface WebAssemblyKernel extends GpuKernel {
  readonly constructor: { readonly mode: string; dispatchSpans: DispatchSpans };
  readonly _active: {
    readonly layout: {
      readonly arrays: Readonly<Record<string, { readonly index: number; readonly offset: number }>>;
      readonly outputOffset: number;
    };
    readonly f32: Float32Array;
    readonly run: unknown;
    readonly runSimd: unknown;
    readonly cells: number;
    readonly sizeX: number;
  };
}
type DispatchSpans = (run: unknown, runSimd: unknown, cells: number, sizeX: number, seed: number) => void;

/**
 * Enters the WebAssembly instance directly: gpu.js's own `run` compares size signatures as text and cuts the result
 * into rows, which together cost more than a small kernel.
 */
function launcher(kernel: GpuKernel, tile: Tile | undefined): (args: readonly Float32Array[]) => Float32Array {
  const built = kernel as WebAssemblyKernel;
  const { layout, f32, run, runSimd, cells, sizeX } = built._active;
  const { dispatchSpans } = built.constructor;
  const offsets: number[] = [];
  for (const { index, offset } of Object.values(layout.arrays)) offsets[index] = offset / 4;
  const output = layout.outputOffset / 4;
  return args => {
    for (let i = 0; i < args.length; i++) f32.set(args[i] as Float32Array, offsets[i]);
    dispatchSpans(run, runSimd, cells, sizeX, 0);
    return tile === undefined ? f32.slice(output, output + cells) : untile(f32, output, tile);
  };
}
