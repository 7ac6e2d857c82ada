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
  /** Counts the runs of all programs whose outputs have tensors to go to, and of all programs. */
  runs: number;
  executed: number;
  /** Counts what makes older recordings worthless: memory that was in use and is free, or moved. */
  changes: number;
  /** Tensors and programs made so far, and how many there were when the last recording ended. */
  made: number;
  recorded: number;
  /** How many of those made since are alive. */
  newer: number;
  recording: Recording | undefined;
}

/** To be called for every tensor and program; returns the number of which `freed` is to be told. */
export function born(store: Store): number {
  store.newer++;
  return store.made++;
}

/** A tensor or program is gone. */
export function freed(store: Store, number: number): void {
  if (number < store.recorded) store.changes++;
  else store.newer--;
}

/** A shape on a device: that a tensor has it is one comparison. */
export interface Kind {
  readonly store: Store;
  readonly shape: Shape;
  /** Numbers of a tensor. */
  readonly size: number;
  readonly pool: Pool;
}
