import { DeviceError } from '../../errors.js';
import type { KeptRows } from '../device.js';
import type { Store } from './store.js';

/** Numbers that are kept at most, 16 MB: what is larger is not in a cache anyway, and would be in memory twice. */
const MOST = 1 << 22;

/** Rows of so few numbers are copied sooner without a call. */
const FEWEST = 4;

/** A place in the device's memory for a matrix, from where a kernel puts batches together; undefined where that gains nothing, or there is no room. */
export function keepRows(store: Store, values: Float32Array, columns: number): KeptRows | undefined {
  if (values.length > MOST || columns < FEWEST) return undefined;
  const { heap, kernels } = store;
  const rows = values.length / columns;
  const pool = heap.pool(4 * (values.length + rows));
  let address: number;
  try {
    address = heap.take(pool);
  } catch (error) {
    if (error instanceof DeviceError) return undefined;
    throw error;
  }
  // A recorded step may use the same buffer, which was free at its end.
  store.changes++;
  const places = address + 4 * values.length;
  let known: Uint32Array | undefined;
  let alive = true;
  return {
    copy(order, start, target) {
      if (!alive || order.length > rows) throw new DeviceError('simd: these rows are not kept');
      if (order !== known) {
        // The values as they are now: their owner may have changed them since the last order.
        heap.views.f32.set(values, address >>> 2);
        heap.views.i32.set(order, places >>> 2);
        known = order;
      }
      kernels.gatherRows(target.byteOffset, address, places + 4 * start, target.length / columns, columns);
    },
    dispose() {
      if (alive) pool.free.push(address);
      alive = false;
    },
  };
}
