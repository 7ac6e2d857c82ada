import type { DeviceName } from '../device.js';
import type { Shape } from '../graph.js';
import type { Dialect, Tile } from './dialect.js';
import type { Gpu, KernelShortcut } from './gpu-js.js';

/** One mode of gpu.js whose calls return their result at once; `V` is a matrix in its memory. */
export interface Backend<V> {
  readonly name: DeviceName;
  readonly adapter: string;
  readonly hardware: boolean;
  readonly gpu: Gpu;
  readonly dialect: Dialect;
  readonly settings: { readonly pipeline: boolean; readonly immutable: boolean };
  /** Takes over a flat array that nobody else writes to. */
  upload(values: Float32Array, shape: Shape): V;
  /** The flat result of the first, checked call of a kernel; undefined where it is better called again. */
  result(returned: unknown): V | undefined;
  /** The quickest way to call a kernel again after its first call. */
  launcher(shortcut: KernelShortcut, tile: Tile | undefined): (args: readonly V[]) => V;
  read(value: V, size: number): Float32Array;
  free(value: V): void;
  /** Frees a kernel. */
  destroy(shortcut: KernelShortcut): void;
  close(): void;
}
