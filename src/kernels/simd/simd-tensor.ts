import { closedError, unusable } from '../checks.js';
import type { Device, Tensor } from '../device.js';
import type { Shape } from '../graph.js';
import { born, freed, type Kind } from './store.js';

/** A matrix in the device's memory. Small, for a step makes a dozen. */
export class SimdTensor implements Tensor {
  /** The run that it was last an input of while outputs had tensors to go to, and which one; −1 for several. */
  run = 0;
  place = 0;
  private readonly number: number;

  /** @param address 0 once it is disposed */
  constructor(
    readonly kind: Kind,
    public address: number,
  ) {
    this.number = born(kind.store);
    kind.store.tensors++;
    kind.store.elements += kind.size;
  }

  get shape(): Shape {
    return this.kind.shape;
  }

  get device(): Device {
    return this.kind.store.device;
  }

  async read(): Promise<Float32Array> {
    return this.readSync();
  }

  readSync(): Float32Array {
    const { address, kind } = this;
    const { store, size } = kind;
    if (store.closed) throw closedError('the simd device');
    if (address === 0) throw unusable(store.device, this);
    return store.heap.views.f32.slice(address >>> 2, (address >>> 2) + size);
  }

  dispose(): void {
    const { address, kind } = this;
    if (address === 0 || kind.store.closed) return;
    kind.pool.free.push(address);
    this.address = 0;
    freed(kind.store, this.number);
    kind.store.tensors--;
    kind.store.elements -= kind.size;
  }
}
