import type { KeptRows } from '../device.js';
import type { Store } from './store.js';

/** Numbers that are kept at most, 16 MB: what is larger is not in a cache anyway, and would be in memory twice. */
const MOST = 1 << 22;

/** Rows of so few numbers are copied sooner without a call. */
const FEWEST = 4;

/** Copies a matrix to the device's memory, from where a kernel puts batches together; undefined where that gains nothing. */
export function keepRows(store: Store, values: Float32Array, columns: number): KeptRows | undefined {
  if (values.length > MOST || columns < FEWEST) return undefined;
  const { heap, kernels } = store;
  // A recorded step may use the same buffers, which were free at its end.
  store.changes++;
  const ofMatrix = heap.pool(values.byteLength);
  const matrix = heap.take(ofMatrix);
  const ofOrder = heap.pool((4 * values.length) / columns);
  const places = heap.take(ofOrder);
  heap.views.f32.set(values, matrix >>> 2);
  let known: Uint32Array | undefined;
  return {
    copy(order, start, target) {
      if (order !== known) {
        heap.views.i32.set(order, places >>> 2);
        known = order;
      }
      kernels.gatherRows(target.byteOffset, matrix, places + 4 * start, target.length / columns, columns);
    },
    dispose() {
      ofMatrix.free.push(matrix);
      ofOrder.free.push(places);
    },
  };
}
