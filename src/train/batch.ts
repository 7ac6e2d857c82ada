/**
 * Some rows of a dataset on their way through the stages: one plain object, to which each stage adds what it computes
 * (copying it at every stage would take longer than a small network's step).
 *
 * What the stages compute from it (prediction, loss, gradients: tensors) lives until the batch is finished: when
 * `next` has returned through the whole chain and every `hold` has been released. Only then is the next one emitted.
 */
export interface Batch {
  /** From 1. */
  readonly epoch: number;
  /** Index within the epoch, from 0, and the number of batches in an epoch. */
  readonly index: number;
  readonly count: number;
  /** Index over all epochs, from 0. */
  readonly step: number;
  readonly rows: number;
  /** [rows, features], row by row. May be kept, as `y` and `weights` may, unless the batches were made with `reuse`. */
  readonly x: Float32Array;
  /** [rows, targets], row by row. */
  readonly y: Float32Array;
  readonly features: number;
  readonly targets: number;
  /** [rows, 1] */
  readonly weights?: Float32Array | undefined;
  readonly seed: number;
  /** Keeps the batch, and the source, waiting until the returned function is called: for asynchronous consumers. */
  hold(): () => void;
  /** Hands over something to free when the batch is finished. */
  own<T extends { dispose(): void }>(resource: T): T;
}
