import type { Graph, Shape } from './graph.js';
import type { Plan } from './plan.js';

/** The devices that can be asked for by name; `auto` takes a hardware GPU, else the fastest CPU device. */
export const DEVICE_NAMES = ['webgpu', 'webgl2', 'simd', 'webasm', 'cpu'] as const;
/** A device that can be asked for by name. */
export type DeviceName = (typeof DEVICE_NAMES)[number];

/**
 * A matrix that lives on a device.
 *
 * Devices run commands in order. On an asynchronous device (`webgpu`) a call returns before its work is done, so a
 * value that was asked for by `read()` before a later command overwrote or disposed it is the value at the time of asking.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly device: Device;
  /** The values, row by row. Rejects with the reason if a kernel that produced it failed. */
  read(): Promise<Float32Array>;
  /** The values at once; throws a DeviceError on a device that is not `synchronous`. The array may be shared: do not write to it. */
  readSync(): Float32Array;
  /** Frees it; calling it again does nothing. Using a disposed tensor throws. */
  dispose(): void;
}

/** A graph compiled for a device. */
export interface Program {
  readonly plan: Plan;
  /**
   * Runs it on one tensor for each input of the graph and returns one tensor for each output, owned by the caller
   * (who disposes it). With `into[i]` given, output i becomes the new value of that tensor instead, which is then what
   * is returned at i; it may be an input too: every output is computed from the old values.
   */
  run(inputs: readonly Tensor[], into?: readonly (Tensor | undefined)[]): readonly Tensor[];
  dispose(): void;
}

/** What is open on a device: for leak tests and `rxnn devices`. */
export interface DeviceUsage {
  readonly tensors: number;
  readonly bytes: number;
  readonly programs: number;
  readonly kernels: number;
}

/** Values that were copied to a device. */
export interface Copied {
  /** As they were given. */
  readonly values: Float32Array | readonly number[];
  /** Where they went. */
  readonly target: Float32Array;
}

/** What a device was asked to do, to be done again with other values in the places of those that were copied to it. */
export interface Repeat {
  /** In order. */
  readonly copies: readonly Copied[];
  /** Whether all that was alive on the device at the end is, and nothing else, so that it may run again. */
  isCurrent(): boolean;
  run(): void;
}

/** Notes what a device is asked to do. */
export interface Recorder {
  /** Ends it: undefined where what was asked cannot be done again as it stands. To be called when what was made has been freed. */
  end(): Repeat | undefined;
}

/** Rows of a matrix on a device, from which it puts batches together itself. */
export interface KeptRows {
  /**
   * Copies the rows that `order` names from its place `start` on to where a copied batch is (`Copied.target`), as many as that has. The
   * values are those at the first copy by an order; the same array must have the same order.
   */
  copy(order: Uint32Array, start: number, target: Float32Array): void;
  dispose(): void;
}

/** What computes: it holds tensors and runs graphs compiled for it, in the order in which it is asked. */
export interface Device {
  readonly name: DeviceName;
  /** The hardware or software that runs the kernels, for people: `NVIDIA H200`, `Google SwiftShader (software)`. */
  readonly adapter: string;
  /** True for a hardware GPU. */
  readonly hardware: boolean;
  /** True when results are there as soon as a call returns (all but `webgpu`). */
  readonly synchronous: boolean;
  /** How many threads large steps are divided among, at most; 1 unless stated. */
  readonly threads?: number | undefined;
  /** Why this device was taken, as `auto` says it: `the fastest CPU device (no GPU: …)`; undefined when it was asked for by name. */
  readonly reason?: string | undefined;
  /** Copies values, row by row, to the device. */
  tensor(shape: Shape, values: Float32Array | readonly number[]): Tensor;
  compile(graph: Graph): Program;
  /** A promise for the end of everything asked so far, rejecting with the first failure; undefined when nothing is pending. */
  settled(): Promise<void> | undefined;
  usage(): DeviceUsage;
  /**
   * Notes copies and runs from here on, so that they can be done again without looking at tensors: for steps that repeat. One at a
   * time. Absent on devices on which that gains nothing.
   */
  record?(): Recorder;
  /** Keeps the rows of a matrix, `values` row by row, for batches that are copied again and again; undefined where that gains nothing, or there is no room. */
  keepRows?(values: Float32Array, columns: number): KeptRows | undefined;
  /** Frees everything; the device cannot be used afterwards. */
  close(): void;
}
