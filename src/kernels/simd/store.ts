import type { Device, Program } from '../device.js';
import type { Shape } from '../graph.js';
import type { Heap, Pool } from './heap.js';
import type { Kernels } from './kernels.js';
import type { Recording } from './recording.js';
import type { Template } from './template.js';

/** What tensors and programs of one device share. */
export interface Store {
  readonly device: Device;
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly programs: Set<Program>;
  /** What the tensors of a shape have in common; always the same for equal shapes. */
  kind(shape: Shape): Kind;
  /** The template of programs of a structure; made for the first one, and kept for the next. */
  template(key: string, make: () => Template): Template;
  /** Starts the other threads, if there are to be any. */
  ensureThreads(): void;
  closed: boolean;
  tensors: number;
  elements: number;
  /** Counts the runs of all programs. */
  runs: number;
  /** Counts the tensors and programs that are made or freed. */
  changes: number;
  recording: Recording | undefined;
}

/** A shape on a device: that a tensor has it is one comparison. */
export interface Kind {
  readonly store: Store;
  readonly shape: Shape;
  /** Numbers of a tensor. */
  readonly size: number;
  readonly pool: Pool;
}
