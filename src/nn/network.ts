// Types only for now; the implementation follows in this file.
import type { Device, Tensor } from '../kernels/device.js';
import type { Node } from '../kernels/graph.js';
import type { Layer } from './layers/layer.js';

/** One trainable matrix of a network. */
export interface Parameter {
  /** `0.dense.weights`: layer index, layer name, role. */
  readonly name: string;
  readonly layer: number;
  readonly role: string;
  readonly shape: readonly [rows: number, columns: number];
}

/** A network traced for a number of rows: leaves to feed and nodes to compute. */
export interface NetworkTrace {
  /** [rows, inputs] */
  readonly x: Node;
  /** One leaf per parameter, in the order of `network.parameters`. */
  readonly parameters: readonly Node[];
  /** Leaves for dropout masks (values 0 or 1 / (1 − rate)), present only when traced for training. */
  readonly masks: readonly { readonly node: Node; readonly rate: number }[];
  /** The output of every layer, [rows, width]; the last one is the prediction (logits, before the loss's link). */
  readonly activations: readonly Node[];
  readonly prediction: Node;
}

/** The values of every parameter on the host, by parameter name. */
export type Weights = Readonly<Record<string, Float32Array>>;

/** A copy of the weights on the device. */
export interface Snapshot {
  dispose(): void;
}

export interface Network {
  readonly layers: readonly Layer[];
  readonly inputs: number;
  readonly outputs: number;
  readonly seed: number;
  readonly device: Device;
  readonly parameters: readonly Parameter[];
  trace(rows: number, mode: { readonly training: boolean }): NetworkTrace;
  /** The parameters on the device, in order; made from the seed at first use. They belong to the network. */
  tensors(): readonly Tensor[];
  read(): Promise<Weights>;
  load(weights: Weights): void;
  /** Copies the weights on the device; no read-back. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Frees the parameters on the device. */
  dispose(): void;
}
