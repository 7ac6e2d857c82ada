import type { Shape } from '../graph.js';
import type { KernelSource, Tile } from './dialect.js';
import type { Gpu, KernelShortcut } from './gpu-js.js';

/** A compiled kernel that several programs may share. */
export interface CachedKernel<V> {
  readonly label: string;
  readonly tile: Tile | undefined;
  readonly shortcut: KernelShortcut;
  /** The quick way to call it, where a device has one; set at its first call. */
  launch: ((args: readonly V[]) => V) | undefined;
  /** Whether its mode was checked, which is possible after its first call only. */
  checked: boolean;
  /** Gives it back; the last owner destroys it. */
  release(): void;
}

/** The kernels of one device, one for each source, output and operand shapes; counted by the programs that use them. */
export interface KernelCache<V> {
  acquire(source: KernelSource, operands: readonly Shape[]): CachedKernel<V>;
  readonly size: number;
}

interface Entry<V> extends CachedKernel<V> {
  owners: number;
}

/** An empty cache of kernels, each freed by `destroy` with its last user. */
export function kernelCache<V>(
  gpu: Gpu,
  settings: { readonly pipeline: boolean; readonly immutable: boolean },
  destroy: (shortcut: KernelShortcut) => void,
): KernelCache<V> {
  const entries = new Map<string, Entry<V>>();
  return {
    get size() {
      return entries.size;
    },
    acquire({ source, output, label, tile }, operands) {
      const key = `${output.join('x')} ${operands.join(' ')} ${source}`;
      let entry = entries.get(key);
      if (entry === undefined) {
        const shortcut = gpu.createKernel(source, {
          output,
          loopMaxIterations: 2 ** 31 - 1,
          precision: 'single',
          ...settings,
        });
        const release = () => {
          const owned = entries.get(key);
          if (owned === undefined || --owned.owners > 0) return;
          entries.delete(key);
          destroy(owned.shortcut);
        };
        entry = { label, tile, shortcut, launch: undefined, checked: false, release, owners: 0 };
        entries.set(key, entry);
      }
      entry.owners++;
      return entry;
    },
  };
}
