import { checkShapes, closedError, unusable } from '../checks.js';
import type { Program, Tensor } from '../device.js';
import type { Graph } from '../graph.js';
import { type Plan, planSimple, type SimpleGraph, simplified } from '../plan.js';
import type { Pool } from './heap.js';
import { lower, SLOT_BYTES } from './lower.js';
import { withOwnOps } from './own-ops.js';
import { SimdTensor } from './simd-tensor.js';
import { born, freed, type Kind, type Store } from './store.js';
import { structureOf } from './structure.js';
import { bytesOf, isLarge, ownBytes, templateOf, write } from './template.js';

/** A plan as instructions in the device's memory. */
export class SimdProgram implements Program {
  private readonly graph: SimpleGraph;
  private planned: Plan | undefined;
  private readonly store: Store;
  private readonly memory: readonly { readonly pool: Pool; readonly address: number }[];
  private readonly table: number;
  private readonly instructions: number;
  private readonly inputKinds: readonly Kind[];
  private readonly outputKinds: readonly Kind[];
  /** For output o and input i, at o · inputs + i: 1 if o may be computed in the memory of i. */
  private readonly inPlace: Uint8Array;
  private readonly number: number;
  private alive = true;

  constructor(graph: Graph, store: Store) {
    const { heap } = store;
    this.graph = simplified({ inputs: graph.inputs, outputs: withOwnOps(graph.outputs) });
    const { inputs, outputs } = this.graph;
    const structure = structureOf(this.graph);
    const template = store.template(structure.key, () => templateOf(lower(this.plan), structure));
    const { own, inPlace } = template;
    const memory: { pool: Pool; address: number }[] = [];
    const take = (bytes: number) => {
      const pool = heap.pool(bytes);
      const address = heap.take(pool);
      memory.push({ pool, address });
      return address;
    };
    try {
      if (isLarge(template, structure)) store.ensureThreads();
      const tableBytes = Math.ceil((4 * (inputs.length + outputs.length + own.length)) / SLOT_BYTES) * SLOT_BYTES;
      this.table = take(tableBytes + bytesOf(template));
      const firstSlot = this.table + tableBytes;
      this.instructions = firstSlot + template.slots.length * SLOT_BYTES;
      const bytes = own.map(matrix => ownBytes(matrix, structure));
      const addresses = bytes.map(take);
      // Not before all is taken: a memory that grows gets new views.
      const { f32, i32 } = heap.views;
      write(template, structure, firstSlot, heap.views);
      for (const [i, { fill }] of own.entries()) {
        const address = addresses[i] as number;
        i32[(this.table >>> 2) + inputs.length + outputs.length + i] = address;
        if (fill < 0) continue;
        f32.fill(structure.constants[fill] as number, address >>> 2, (address + (bytes[i] as number)) >>> 2);
      }
    } catch (error) {
      for (const { pool, address } of memory) pool.free.push(address);
      throw error;
    }
    this.store = store;
    this.memory = memory;
    this.inputKinds = inputs.map(node => store.kind(node.shape));
    this.outputKinds = outputs.map(node => store.kind(node.shape));
    this.inPlace = new Uint8Array(outputs.length * inputs.length);
    for (const [o, places] of inPlace.entries()) for (const i of places) this.inPlace[o * inputs.length + i] = 1;
    this.number = born(store);
    store.programs.add(this);
  }

  /** Made when it is asked for: a program of a known structure does without. */
  get plan(): Plan {
    this.planned ??= planSimple(this.graph, PLAN_OPTIONS);
    return this.planned;
  }

  run(given: readonly Tensor[], into: readonly (Tensor | undefined)[] = NOWHERE): readonly Tensor[] {
    const { store, inputKinds, outputKinds, inPlace } = this;
    const { heap } = store;
    const inputs = given as readonly SimdTensor[];
    const targets = into as readonly (SimdTensor | undefined)[];
    const count = inputKinds.length;
    if (!this.alive) throw closedError('a program on simd');
    if (inputs.length !== count || targets.length > outputKinds.length) this.refuse(given, into);
    const table = this.table >>> 2;
    let { i32 } = heap.views;
    for (let i = 0; i < count; i++) {
      const tensor = inputs[i] as SimdTensor;
      if (tensor.kind !== inputKinds[i] || tensor.address === 0) this.refuse(given, into);
      i32[table + i] = tensor.address;
    }
    const run = targets.length === 0 ? 0 : this.markPlaces(inputs);
    const results = new Array<SimdTensor>(outputKinds.length);
    /** Old buffers of targets that a step may still read: given back when all is done. */
    let moved: { readonly target: SimdTensor; readonly address: number }[] | undefined;
    let made = 0;
    try {
      for (; made < outputKinds.length; made++) {
        const target = targets[made];
        const kind = outputKinds[made] as Kind;
        let address: number;
        if (target === undefined) {
          address = kind.pool.free.pop() ?? heap.take(kind.pool);
          results[made] = new SimdTensor(kind, address);
        } else {
          if (target.kind !== kind || target.address === 0) this.refuse(given, into);
          address = target.address;
          if (target.run === run && (target.place < 0 || inPlace[made * count + target.place] === 0)) {
            address = heap.take(kind.pool);
            moved ??= [];
            moved.push({ target, address });
          }
          results[made] = target;
        }
        ({ i32 } = heap.views);
        i32[table + count + made] = address;
      }
      store.executed++;
      store.kernels.execute(this.instructions, this.table);
    } catch (error) {
      for (const { target, address } of moved ?? []) target.kind.pool.free.push(address);
      for (let o = 0; o < made; o++) if (targets[o] === undefined) results[o]?.dispose();
      throw error;
    }
    const { recording } = store;
    if (recording !== undefined) {
      recording.ran({ instructions: this.instructions, table: this.table, matrices: count + made });
      // The next run would read and write other addresses.
      if (moved !== undefined) recording.spoil();
    }
    if (moved !== undefined) {
      store.changes++;
      for (const { target, address } of moved) {
        target.kind.pool.free.push(target.address);
        target.address = address;
      }
    }
    return results;
  }

  dispose(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const { pool, address } of this.memory) pool.free.push(address);
    freed(this.store, this.number);
    this.store.programs.delete(this);
  }

  /** Notes on the inputs which they are of this run; returns its number. */
  private markPlaces(inputs: readonly SimdTensor[]): number {
    const run = ++this.store.runs;
    for (let i = 0; i < inputs.length; i++) {
      const tensor = inputs[i] as SimdTensor;
      tensor.place = tensor.run === run ? -1 : i;
      tensor.run = run;
    }
    return run;
  }

  /** Says what is wrong with what `run` was given. */
  private refuse(inputs: readonly Tensor[], into: readonly (Tensor | undefined)[]): never {
    const { device, closed } = this.store;
    if (closed) throw closedError('the simd device');
    checkShapes(device.name, 'input', this.graph.inputs, inputs);
    checkShapes(device.name, 'output', this.graph.outputs, into);
    const fits = (tensor: SimdTensor) => tensor.kind?.store === this.store && tensor.address !== 0;
    const unfit = [...inputs, ...into].find(tensor => tensor !== undefined && !fits(tensor as SimdTensor));
    throw unusable(device, unfit as Tensor);
  }
}

/** A program reads as many matrices as there are, and what moves elements stands in memory. */
const PLAN_OPTIONS = { maxOperands: Number.POSITIVE_INFINITY, movesOperandsOnly: true };

const NOWHERE: readonly undefined[] = [];
