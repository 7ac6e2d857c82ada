import { DeviceError, InputError } from '../../errors.js';
import { closedError } from '../checks.js';
import type { Device } from '../device.js';
import { shapeText, sizeOf } from '../graph.js';
import { openHeap } from './heap.js';
import { keepRows } from './kept-rows.js';
import { instantiate } from './kernels.js';
import { BLOCK } from './opcodes.js';
import { record } from './recording.js';
import { REGISTERS } from './registers.js';
import { SimdProgram } from './simd-program.js';
import { SimdTensor } from './simd-tensor.js';
import type { Kind, Store } from './store.js';
import type { Template } from './template.js';
import { availableThreads, canHaveThreads, type Scratch, startThreads, type Threads } from './threads.js';

const REGISTER_BYTES = 4 * BLOCK;

const MEETING_BYTES = 64;

/** Beyond, products have no more parts, and each thread takes 640 kB. */
const MOST_THREADS = 256;

/** Structures of programs that a device remembers; a few kB each. */
const MOST_TEMPLATES = 512;

/** Options of `simdDevice`. */
export interface SimdOptions {
  /** Why this device was taken. */
  readonly reason?: string | undefined;
  /**
   * Threads that large products and updates are divided among, at most; small ones never are, and results are the same to the
   * bit. Default: the cores in Node.js's main thread; 1 in workers and browsers.
   */
  readonly threads?: number | undefined;
  /**
   * Whether matrix products round a multiplication and the addition to its sum once, as one instruction, where the engine has
   * relaxed SIMD and the processor the instruction; true. With false, results are the same to the bit on all of them.
   */
  readonly fused?: boolean | undefined;
  /**
   * Whether products are made in tiles for engines that make one instruction on 8 numbers out of two on 4, which other engines compute
   * slowly; results are the same to the bit. Default: where the engine does.
   */
  readonly wide?: boolean | undefined;
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
export function simdDevice({
  reason,
  threads = Math.min(availableThreads(), MOST_THREADS),
  fused = true,
  wide,
}: SimdOptions = {}): SimdDevice {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new InputError(`simd: threads must be a whole number from 1 to ${MOST_THREADS}, got ${threads}`);
  }
  if (threads > 1 && !canHaveThreads()) throw new DeviceError('simd: threads need Node.js; take 1');
  const { code, kernels, memory } = instantiate({ shared: threads > 1, fused, wide });
  const heap = openHeap(memory, kernels.heapBase());
  const takeScratch = () => heap.take(heap.pool(REGISTERS * REGISTER_BYTES + kernels.packBytes()));
  /** By rows, then columns. */
  const kinds = new Map<number, Map<number, Kind>>();
  const templates = new Map<string, Template>();
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
      const kind = store.kind(shape);
      const address = heap.take(kind.pool);
      heap.views.f32.set(values, address >>> 2);
      store.recording?.copied(values, address);
      return new SimdTensor(kind, address);
    },
    compile(graph) {
      if (store.closed) throw closedError('the simd device');
      return new SimdProgram(graph, store);
    },
    settled: () => undefined,
    keepRows: (values, columns) => (store.closed ? undefined : keepRows(store, values, columns)),
    record() {
      const recording = record(store);
      store.recording = recording;
      return {
        end() {
          if (store.recording === recording) store.recording = undefined;
          return recording.end();
        },
      };
    },
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
    kind(shape) {
      const [rows, columns] = shape;
      let ofRows = kinds.get(rows);
      if (ofRows === undefined) {
        ofRows = new Map();
        kinds.set(rows, ofRows);
      }
      let kind = ofRows.get(columns);
      if (kind === undefined) {
        const size = sizeOf(shape);
        kind = { store, shape: [rows, columns], size, pool: heap.pool(4 * size) };
        ofRows.set(columns, kind);
      }
      return kind;
    },
    template(key, make) {
      let template = templates.get(key);
      if (template === undefined) {
        template = make();
        if (templates.size >= MOST_TEMPLATES) templates.delete(templates.keys().next().value as string);
        templates.set(key, template);
      }
      return template;
    },
    ensureThreads() {
      if (threads <= 1 || running !== undefined) return;
      store.changes++;
      const meeting = heap.take(heap.pool(MEETING_BYTES));
      heap.views.i32.fill(0, meeting >>> 2, (meeting + MEETING_BYTES) >>> 2);
      const scratches = Array.from({ length: threads - 1 }, () => scratchAt(takeScratch()));
      running = startThreads(code, memory, kernels, meeting, scratches);
    },
    closed: false,
    tensors: 0,
    elements: 0,
    runs: 0,
    executed: 0,
    changes: 0,
    made: 0,
    recorded: 0,
    newer: 0,
    recording: undefined,
  };
  const { registers, pack } = scratchAt(takeScratch());
  kernels.setScratch(registers, pack);
  return device;
}

const scratchAt = (address: number): Scratch => ({ registers: address, pack: address + REGISTERS * REGISTER_BYTES });
