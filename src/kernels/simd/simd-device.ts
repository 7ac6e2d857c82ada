import { DeviceError, InputError } from '../../errors.js';
import { checkShapes, closedError, unusable } from '../checks.js';
import type { Device, Program, Tensor } from '../device.js';
import { type Graph, type Shape, shapeText, sizeOf } from '../graph.js';
import { type Plan, plan } from '../plan.js';
import { type Heap, openHeap, type Pool } from './heap.js';
import { instantiate, type Kernels } from './kernels.js';
import { lower, SLOT_BYTES } from './lower.js';
import { BLOCK } from './opcodes.js';
import { withOwnOps } from './own-ops.js';
import { REGISTERS } from './registers.js';
import { availableThreads, canHaveThreads, type Scratch, startThreads, type Threads } from './threads.js';

const REGISTER_BYTES = 4 * BLOCK;

const MEETING_BYTES = 64;

/** What tensors and programs of one device share. */
interface Store {
  readonly device: Device;
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly programs: Set<Program>;
  /** Starts the other threads, if there are to be any. */
  ensureThreads(): void;
  closed: boolean;
  tensors: number;
  elements: number;
  /** Counts the runs of all programs. */
  runs: number;
}

/** A matrix in the device's memory. */
class SimdTensor implements Tensor {
  /** The run that it was last an input of, which one, and whether twice: tells cheaply whether an output overwrites an input. */
  run = 0;
  place = 0;
  twice = false;

  /** @param address 0 once it is disposed */
  constructor(
    readonly shape: Shape,
    readonly store: Store,
    readonly size: number,
    readonly pool: Pool,
    public address: number,
  ) {
    store.tensors++;
    store.elements += size;
  }

  get device(): Device {
    return this.store.device;
  }

  async read(): Promise<Float32Array> {
    return this.readSync();
  }

  readSync(): Float32Array {
    const { store, address } = this;
    if (store.closed) throw closedError('the simd device');
    if (address === 0) throw unusable(store.device, this);
    return store.heap.views.f32.slice(address >>> 2, (address >>> 2) + this.size);
  }

  dispose(): void {
    if (this.address === 0 || this.store.closed) return;
    this.pool.free.push(this.address);
    this.address = 0;
    this.store.tensors--;
    this.store.elements -= this.size;
  }
}

/** A plan as instructions in the device's memory. */
class SimdProgram implements Program {
  readonly plan: Plan;
  private readonly store: Store;
  private readonly memory: readonly { readonly pool: Pool; readonly address: number }[];
  private readonly table: number;
  private readonly instructions: number;
  private readonly shapes: readonly Shape[];
  private readonly sizes: readonly number[];
  private readonly pools: readonly Pool[];
  /** For output o and input i, at o · inputs + i: 1 if o may be computed in the memory of i. */
  private readonly inPlace: Uint8Array;
  private alive = true;

  constructor(graph: Graph, store: Store) {
    const { heap } = store;
    const planned = plan({ inputs: graph.inputs, outputs: withOwnOps(graph.outputs) }, PLAN_OPTIONS);
    const { inputs, outputs } = planned;
    const { own, instructions, slotWords, slots, large, inPlace } = lower(planned);
    const memory: { pool: Pool; address: number }[] = [];
    const take = (bytes: number) => {
      const pool = heap.pool(bytes);
      const address = heap.take(pool);
      memory.push({ pool, address });
      return address;
    };
    try {
      if (large) store.ensureThreads();
      const tableBytes = Math.ceil((4 * (inputs.length + outputs.length + own.length)) / SLOT_BYTES) * SLOT_BYTES;
      const slotsAt = take(tableBytes + slots.length * SLOT_BYTES + instructions.byteLength);
      this.table = slotsAt;
      const firstSlot = slotsAt + tableBytes;
      this.instructions = firstSlot + slots.length * SLOT_BYTES;
      const addresses = own.map(({ bytes }) => take(bytes));
      const { f32, i32 } = heap.views;
      for (const at of slotWords) instructions[at]! += firstSlot;
      i32.set(instructions, this.instructions >>> 2);
      let lane = firstSlot >>> 2;
      for (const value of slots) for (let i = 0; i < 4; i++) f32[lane++] = value;
      for (const [i, { bytes, fill }] of own.entries()) {
        const address = addresses[i] as number;
        i32[(this.table >>> 2) + inputs.length + outputs.length + i] = address;
        if (fill !== undefined) f32.fill(fill, address >>> 2, (address + bytes) >>> 2);
      }
    } catch (error) {
      for (const { pool, address } of memory) pool.free.push(address);
      throw error;
    }
    this.plan = planned;
    this.store = store;
    this.memory = memory;
    this.shapes = [...inputs, ...outputs].map(node => node.shape);
    this.sizes = outputs.map(node => sizeOf(node.shape));
    this.pools = this.sizes.map(size => heap.pool(4 * size));
    this.inPlace = new Uint8Array(outputs.length * inputs.length);
    for (const [o, places] of inPlace.entries()) for (const i of places) this.inPlace[o * inputs.length + i] = 1;
    store.programs.add(this);
  }

  run(given: readonly Tensor[], into: readonly (Tensor | undefined)[] = NOWHERE): readonly Tensor[] {
    const { store, shapes, sizes, pools, inPlace } = this;
    const { heap } = store;
    const inputs = given as readonly SimdTensor[];
    const targets = into as readonly (SimdTensor | undefined)[];
    const count = shapes.length - sizes.length;
    if (!this.alive) throw closedError('a program on simd');
    if (inputs.length !== count || targets.length > sizes.length) this.refuse(given, into);
    const run = ++store.runs;
    const table = this.table >>> 2;
    let { i32 } = heap.views;
    for (let i = 0; i < count; i++) {
      const tensor = inputs[i] as SimdTensor;
      const { shape } = tensor;
      const wanted = shapes[i] as Shape;
      if (tensor.store !== store || tensor.address === 0 || shape[0] !== wanted[0] || shape[1] !== wanted[1]) {
        this.refuse(given, into);
      }
      tensor.twice = tensor.run === run;
      tensor.run = run;
      tensor.place = i;
      i32[table + i] = tensor.address;
    }
    const results = new Array<SimdTensor>(sizes.length);
    /** Old buffers of targets that a step may still read: given back when all is done. */
    let moved: { readonly target: SimdTensor; readonly address: number }[] | undefined;
    let made = 0;
    try {
      for (; made < sizes.length; made++) {
        const target = targets[made];
        const pool = pools[made] as Pool;
        let address: number;
        if (target === undefined) {
          address = pool.free.pop() ?? heap.take(pool);
          results[made] = new SimdTensor(shapes[count + made] as Shape, store, sizes[made] as number, pool, address);
        } else {
          const { shape } = target;
          const wanted = shapes[count + made] as Shape;
          if (target.store !== store || target.address === 0 || shape[0] !== wanted[0] || shape[1] !== wanted[1]) {
            this.refuse(given, into);
          }
          address = target.address;
          if (target.run === run && (target.twice || inPlace[made * count + target.place] === 0)) {
            address = heap.take(pool);
            moved ??= [];
            moved.push({ target, address });
          }
          results[made] = target;
        }
        ({ i32 } = heap.views);
        i32[table + count + made] = address;
      }
      store.kernels.execute(this.instructions, this.table);
    } catch (error) {
      for (const { target, address } of moved ?? []) target.pool.free.push(address);
      for (let o = 0; o < made; o++) if (targets[o] === undefined) results[o]?.dispose();
      throw error;
    }
    if (moved !== undefined) {
      for (const { target, address } of moved) {
        target.pool.free.push(target.address);
        target.address = address;
      }
    }
    return results;
  }

  dispose(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const { pool, address } of this.memory) pool.free.push(address);
    this.store.programs.delete(this);
  }

  /** Says what is wrong with what `run` was given. */
  private refuse(inputs: readonly Tensor[], into: readonly (Tensor | undefined)[]): never {
    const { device, closed } = this.store;
    if (closed) throw closedError('the simd device');
    checkShapes(device.name, 'input', this.plan.inputs, inputs);
    checkShapes(device.name, 'output', this.plan.outputs, into);
    const unfit = [...inputs, ...into].find(
      tensor =>
        tensor !== undefined && ((tensor as SimdTensor).store !== this.store || (tensor as SimdTensor).address === 0),
    );
    throw unusable(device, unfit as Tensor);
  }
}

/** A program reads as many matrices as there are, and what moves elements stands in memory. */
const PLAN_OPTIONS = { maxOperands: Number.POSITIVE_INFINITY, movesOperandsOnly: true };

const NOWHERE: readonly undefined[] = [];

/** Options of `simdDevice`. */
export interface SimdOptions {
  /** Why this device was taken. */
  readonly reason?: string | undefined;
  /**
   * Threads that large products and updates are divided among, at most; small ones never are, and results are the same to the
   * bit. Default: the cores in Node.js's main thread; 1 in workers and browsers.
   */
  readonly threads?: number | undefined;
}

/** The CPU device. */
export interface SimdDevice extends Device {
  /** How many parts of large steps other threads than the program's own have computed so far. */
  helped(): number;
}

/**
 * Opens the CPU device: kernels compiled ahead from AssemblyScript to WebAssembly SIMD. Tensors, intermediate results and programs
 * lie in one memory; a run of a program is one call that crosses into WebAssembly with two numbers.
 *
 * @throws DeviceError where WebAssembly SIMD is missing, or threads are; InputError for a number of threads that is none.
 */
export function simdDevice({ reason, threads = availableThreads() }: SimdOptions = {}): SimdDevice {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new InputError(`simd: threads must be a whole number from 1 up, got ${threads}`);
  }
  if (threads > 1 && !canHaveThreads()) throw new DeviceError('simd: threads need Node.js; take 1');
  const { module, kernels, memory } = instantiate(threads > 1);
  const heap = openHeap(memory, kernels.heapBase());
  const takeScratch = () => heap.take(heap.pool(REGISTERS * REGISTER_BYTES + kernels.packBytes()));
  let running: Threads | undefined;

  const device: SimdDevice = {
    name: 'simd',
    adapter: `WebAssembly SIMD, ${threads} thread${threads === 1 ? '' : 's'}`,
    hardware: false,
    synchronous: true,
    threads,
    reason,
    tensor(shape, values) {
      if (store.closed) throw closedError('the simd device');
      const size = sizeOf(shape);
      if (values.length !== size) {
        throw new DeviceError(`a ${shapeText(shape)} tensor takes ${size} values, got ${values.length}`);
      }
      const pool = heap.pool(4 * size);
      const address = heap.take(pool);
      heap.views.f32.set(values, address >>> 2);
      return new SimdTensor(shape, store, size, pool, address);
    },
    compile(graph) {
      if (store.closed) throw closedError('the simd device');
      return new SimdProgram(graph, store);
    },
    settled: () => undefined,
    helped: () => kernels.helped(),
    usage: () => ({ tensors: store.tensors, bytes: 4 * store.elements, programs: store.programs.size, kernels: 0 }),
    close() {
      if (store.closed) return;
      for (const program of [...store.programs]) program.dispose();
      running?.stop();
      store.closed = true;
      store.tensors = 0;
      store.elements = 0;
    },
  };
  const store: Store = {
    device,
    heap,
    kernels,
    programs: new Set(),
    ensureThreads() {
      if (threads <= 1 || running !== undefined) return;
      const meeting = heap.take(heap.pool(MEETING_BYTES));
      heap.views.i32.fill(0, meeting >>> 2, (meeting + MEETING_BYTES) >>> 2);
      const scratches = Array.from({ length: threads - 1 }, () => scratchAt(takeScratch()));
      running = startThreads(module, memory, kernels, meeting, scratches);
    },
    closed: false,
    tensors: 0,
    elements: 0,
    runs: 0,
  };
  const { registers, pack } = scratchAt(takeScratch());
  kernels.setScratch(registers, pack);
  return device;
}

const scratchAt = (address: number): Scratch => ({ registers: address, pack: address + REGISTERS * REGISTER_BYTES });
